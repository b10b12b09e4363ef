/** The broker alone, in its own language over its socket: how fast it gives slots out and takes them back, and what it holds on to. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { row } from './measure.mjs';

const CLIENTS = 200;
const CALLS_EACH = 25;
const SLOTS = 16;
const STANDING_CALLS = 10_000;

export async function benchPool(dir, dist) {
  const home = path.join(dir, 'pool-home');
  mkdirSync(home, { mode: 0o700 });
  const env = { ...process.env, ANDWAIT_HOME: home, ANDWAIT_SLOTS: String(SLOTS) };
  const broker = spawn(process.execPath, [path.join(dist, 'pool-broker.js')], { env, stdio: 'ignore' });
  try {
    const place = await placeOf(path.join(home, 'pool'));
    await throughput(place, home);
    await memory(place, home, broker.pid);
  } finally {
    broker.kill();
  }
}

async function throughput(place, home) {
  const floor = await echoFloor();
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Client.join(place, home)));
  const began = performance.now();
  const waits = (await Promise.all(clients.map((client) => client.calls(CALLS_EACH)))).flat();
  const seconds = (performance.now() - began) / 1000;
  for (const client of clients) client.end();
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.floor((waits.length - 1) * share)].toFixed(0);
  const perSecond = (CLIENTS * CALLS_EACH) / seconds;
  row(
    `slots given and taken back, ${CLIENTS} clients, ${SLOTS} slots, journalled`,
    `${perSecond.toFixed(0)} / s`,
    `wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  row('  of bare round trips over a socket', (perSecond / floor).toFixed(2), `${floor.toFixed(0)} / s`);
}

async function memory(place, home, pid) {
  const before = residentMb(pid);
  const client = await Client.join(place, home);
  await client.calls(STANDING_CALLS);
  client.end();
  row(
    `broker's memory after ${STANDING_CALLS.toLocaleString('en')} journalled calls`,
    `${residentMb(pid).toFixed(0)} MB`,
    `${before.toFixed(0)} MB before`,
  );
}

/** One call after the other: request, grant, settle on the disk. */
class Client {
  #socket;
  #seq = 0;
  #rest = '';
  #heard = () => {};

  static async join({ path: file, token }, home) {
    const client = new Client();
    client.#socket = net.connect(file).setEncoding('utf8');
    client.#socket.on('data', (text) => client.#read(text));
    client.#send({
      type: 'hello',
      protocol: 2,
      version: 'bench',
      token,
      client: { pid: process.pid, startTicks: null },
    });
    await client.#until('welcome');
    client.#send({ type: 'join_run', seq: 1, stateDir: home });
    client.run = (await client.#until('run_joined')).runId;
    return client;
  }

  async calls(count) {
    const waits = [];
    for (let n = 0; n < count; n += 1) waits.push(await this.#call(n));
    return waits;
  }

  end() {
    this.#socket.end();
  }

  async #call(n) {
    const began = performance.now();
    this.#seq += 1;
    const hash = `${process.pid}-${n}-${this.#seq}`;
    const request = { label: 'x', contentHash: hash, promptHash: hash };
    this.#send({
      type: 'request',
      seq: this.#seq,
      runId: this.run,
      request,
      priority: 'normal',
      repeatable: true,
    });
    const { call } = await this.#until('granted');
    const waited = performance.now() - began;
    this.#send({ type: 'settle', seq: this.#seq, runId: this.run, call, outcome: OUTCOME });
    await this.#until('settled');
    return waited;
  }

  #send(message) {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  #until(type) {
    return new Promise((resolve, reject) => {
      this.#heard = (message) => {
        if (message.type === type) resolve(message);
        if (message.type === 'failed' || message.type === 'unwelcome')
          reject(new Error(JSON.stringify(message)));
      };
    });
  }

  #read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#heard(JSON.parse(line));
  }
}

const OUTCOME = {
  kind: 'reply',
  text: 'ok',
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheCreationTokens: 0 },
  costUsd: 0.01,
  turns: 1,
  denials: [],
};

/** The same number of clients, each with one question after the other, and a server that only answers. */
async function echoFloor() {
  const server = net.createServer((socket) => socket.pipe(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const rounds = CALLS_EACH * 2;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = net.connect(port, '127.0.0.1');
      for (let n = 0; n < rounds; n += 1) {
        socket.write('x\n');
        await new Promise((resolve) => socket.once('data', resolve));
      }
      socket.end();
    }),
  );
  server.close();
  return (CLIENTS * CALLS_EACH) / ((performance.now() - began) / 1000);
}

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Where the broker listens, as soon as it says so. */
async function placeOf(pool) {
  for (;;) {
    try {
      const { path: file } = JSON.parse(readFileSync(path.join(pool, 'socket.json'), 'utf8'));
      return { path: file, token: readFileSync(path.join(pool, 'token'), 'utf8').trim() };
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
