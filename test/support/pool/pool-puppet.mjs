/**
 * A client of the pool as a process of its own, to be killed: takes a place in the run of the day, starts an agent with
 * the lease in its hands, and says so on stdout. Arguments: folder of the pool, state folder, `tells` or `keeps-quiet`.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const [, , poolDir, stateDir, manner] = process.argv;
const { path: socketPath } = JSON.parse(readFileSync(path.join(poolDir, 'socket.json'), 'utf8'));
const token = readFileSync(path.join(poolDir, 'token'), 'utf8').trim();
const stat = readFileSync('/proc/self/stat', 'utf8');
const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

function dial(heard) {
  const socket = net.connect(socketPath);
  // A broker that ends may reset it: that is no reason for us to end.
  socket.on('error', () => {});
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) heard(JSON.parse(line));
  });
  return socket;
}

const say = (socket, message) => socket.write(`${JSON.stringify(message)}\n`);
const control = dial((message) => {
  if (message.type === 'welcome') say(control, { type: 'join_run', seq: 1, stateDir });
  if (message.type === 'run_joined') {
    const request = { contentHash: String(process.pid), promptHash: 'p', label: 'puppet' };
    say(control, {
      type: 'request',
      seq: 2,
      runId: message.runId,
      request,
      priority: 'normal',
      repeatable: true,
    });
  }
  if (message.type === 'granted') attach(message);
});
say(control, { type: 'hello', protocol: 2, version: '0', token, client: { pid: process.pid, startTicks } });

function attach({ runId, call, leaseId }) {
  const lease = dial(() => {
    lease.pause();
    // One of its children leaves its group, and lets go of the lease.
    const body = 'echo stop_pool >&3; setsid sleep 1000 3>&- & sleep 1000 & wait';
    const agent = spawn('/bin/sh', ['-c', body], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', lease],
      env: { ...process.env, ANDWAIT_LEASE: leaseId },
    });
    lease.destroy();
    if (manner === 'tells') {
      const fields = readFileSync(`/proc/${agent.pid}/stat`, 'utf8');
      const ticks = fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19];
      say(control, { type: 'runs', runId, call, agent: { pid: agent.pid, startTicks: ticks } });
    }
    process.stdout.write(`${JSON.stringify({ agent: agent.pid })}\n`);
  });
  say(lease, { type: 'lease', protocol: 2, token, leaseId });
}
