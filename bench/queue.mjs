/** What many hosts cost: calls with agents that do nothing, through the local pool and through a queue, its server and two hosts on this one machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { postgresFolder, redisServer, startPostgres, startRedis } from '../test/support/queue/own-server.mjs';
import { inTurn, ratio, row, timed } from './measure.mjs';

const ROUNDS = 3;
const MANY = 200;
const IN_A_ROW = 40;
const HOSTS = ['one', 'two'];
const SLOTS = 8;
const AT_ONCE = HOSTS.length * SLOTS;

const NO_OP = `#!/bin/sh
[ "$1" = --version ] && echo '9.9.9 (no-op)' && exit 0
printf '%s\\n' '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}'
`;

const meta = `export const meta = { name: 'calls', description: 'calls that do nothing' }\n`;
const SCRIPTS = {
  none: `${meta}return 0\n`,
  many: `${meta}return (await parallel(Array.from({ length: ${MANY} }, (_, n) => () => agent('item ' + n)))).filter(Boolean).length\n`,
  row: `${meta}let done = 0\nfor (let n = 0; n < ${IN_A_ROW}; n += 1) if (await agent('item ' + n)) done += 1\nreturn done\n`,
};

export async function benchQueue(dir, andwait) {
  for (const { title, missing, start } of serverKinds()) {
    if (missing !== undefined) {
      console.log(`calls through a queue on ${title}: left out, ${missing}`);
      continue;
    }
    const stage = new Stage(path.join(dir, `queue-${title}`), andwait);
    try {
      await figuresOf(title, start, stage);
    } finally {
      await stage.end();
    }
  }
}

async function figuresOf(title, start, stage) {
  const ways = { 'local pool': stage.client('local', 'off') };
  for (const [name, cap] of Object.entries({ 'two hosts': [], capped: ['--cap', String(AT_ONCE)] })) {
    // PostgreSQL, not being root, has to come through its parents.
    const dir = mkdtempSync(path.join(os.tmpdir(), 'andwait-bench-server-'));
    stage.ends(() => rmSync(dir, { recursive: true, force: true }));
    const server = await start(dir);
    stage.ends(() => server.stop());
    for (const host of HOSTS) await stage.host(`${name}-${host}`, server.url, cap);
    ways[name] = stage.client(`${name}-client`, server.url);
  }
  const runs = Object.entries(ways).flatMap(([name, run]) =>
    Object.keys(SCRIPTS).map((script) => [`${name} ${script}`, () => run(script)]),
  );
  const figures = await inTurn(ROUNDS, Object.fromEntries(runs));
  const took = (name, script) => figures[`${name} ${script}`].wallMs - figures[`${name} none`].wallMs;
  const perSecond = (name) => (MANY * 1000) / took(name, 'many');
  const each = (name) => took(name, 'row') / IN_A_ROW;
  const { 'local pool': _local, ...queues } = ways;
  row(
    `calls that do nothing, two hosts on ${title}, one after the other`,
    ratio(each('two hosts'), each('local pool')),
    `of ${each('local pool').toFixed(0)} ms in the local pool: ${(each('two hosts') - each('local pool')).toFixed(0)} ms more`,
  );
  for (const name of Object.keys(queues)) {
    row(
      name === 'capped'
        ? `  with a cap of ${AT_ONCE} over all hosts`
        : `  ${MANY} of them, ${AT_ONCE} at once`,
      ratio(perSecond(name), perSecond('local pool')),
      `of ${perSecond('local pool').toFixed(0)} / s in the local pool: ${perSecond(name).toFixed(0)} / s`,
    );
  }
}

function serverKinds() {
  const noEngine = isInstalled('bullmq') ? undefined : 'bullmq is not installed';
  const redis = redisServer();
  const postgres = postgresFolder();
  const how = (dir) => ({ dir, password: 'bench', appendOnly: true });
  return [
    {
      title: 'Redis',
      missing: noEngine ?? (redis === undefined ? 'redis-server is not installed' : undefined),
      start: (dir) => startRedis(redis, how(dir)),
    },
    {
      title: 'PostgreSQL',
      missing: noEngine ?? (postgres === undefined ? 'postgresql is not installed' : undefined),
      start: (dir) => startPostgres(postgres, how(dir)),
    },
  ];
}

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Hosts and clients on this machine, each with a state folder of its own. */
class Stage {
  #dir;
  #andwait;
  #ends = [];

  constructor(dir, andwait) {
    this.#dir = dir;
    this.#andwait = andwait;
    const bin = this.folder('bin');
    writeFileSync(path.join(bin, 'claude'), NO_OP, { mode: 0o755 });
    for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(this.#script(name), text);
  }

  folder(name) {
    const folder = path.join(this.#dir, name.replaceAll(' ', '-'));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  ends(end) {
    this.#ends.push(end);
  }

  async end() {
    for (const end of this.#ends.toReversed()) await end();
  }

  /** Resolves when it takes calls. */
  async host(name, queue, cap) {
    const args = [this.#andwait, 'worker', '--slots', String(SLOTS), '--agent', 'claude', ...cap];
    const worker = spawn(process.execPath, args, {
      env: this.#env(name, queue),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.ends(async () => {
      const gone = once(worker, 'exit');
      worker.kill();
      await gone;
    });
    await new Promise((resolve, reject) => {
      let said = '';
      worker.once('exit', () => reject(new Error(`a worker ended:\n${said}`)));
      // Read on to the end: a pipe that is full holds its writer.
      worker.stderr.on('data', (chunk) => {
        said += chunk;
        if (said.includes('takes calls from')) resolve();
      });
    });
  }

  /** `queue`: its URL; `off`, this host's own pool. */
  client(name, queue) {
    const env = this.#env(name, queue);
    const flags = ['--agent', 'claude', '-j', String(AT_ONCE), '--quiet'];
    // What a queue costs: a tree for each call is another matter.
    if (queue !== 'off') flags.push('--tree', 'none');
    return (script) =>
      timed(process.execPath, [this.#andwait, 'run', this.#script(script), ...flags], { env });
  }

  #script(name) {
    return path.join(this.#dir, `${name}.mjs`);
  }

  #env(name, queue) {
    return {
      ...process.env,
      PATH: `${path.join(this.#dir, 'bin')}:${process.env.PATH}`,
      ANDWAIT_HOME: this.folder(name),
      ANDWAIT_SLOTS: String(AT_ONCE),
      ANDWAIT_POOL_IDLE_SECONDS: '5',
      ANDWAIT_QUEUE: queue === 'off' ? '' : queue,
    };
  }
}
