/** 1,000 no-op agents through `andwait run`, against a bare pool of the same children. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inTurn, ratio, row, timed } from './measure.mjs';

const AGENTS = 1000;
const AT_ONCE = 8;

const NO_OP = `#!/bin/sh
printf '%s\\n' '{"type":"system","subtype":"init","session_id":"s","cwd":"/","tools":[],"model":"m"}' '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"duration_ms":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}'
`;

const SCRIPT = `export const meta = { name: 'fan-out', description: '${AGENTS} agents' }
const answers = await parallel(Array.from({ length: ${AGENTS} }, (_, n) => () => agent('item ' + n)))
return answers.filter((answer) => answer === 'ok').length
`;

const FLOOR = `
import { spawn } from 'node:child_process';
let left = ${AGENTS};
const one = () => new Promise((resolve) => {
  const child = spawn(process.argv[2], [], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  child.stdin.on('error', () => {});
  child.stdin.end('item');
  let text = '';
  child.stdout.on('data', (chunk) => { text += chunk; });
  child.stderr.resume();
  child.on('close', () => { for (const line of text.split('\\n')) if (line) JSON.parse(line); resolve(); });
});
const worker = async () => { while (left-- > 0) await one(); };
await Promise.all(Array.from({ length: ${AT_ONCE} }, worker));
`;

export async function benchSpawn(dir, andwait) {
  const bin = path.join(dir, 'bin');
  const agent = path.join(bin, 'claude');
  writeFileSync(agent, NO_OP);
  chmodSync(agent, 0o755);
  const script = path.join(dir, 'fan-out.mjs');
  writeFileSync(script, SCRIPT);
  const floor = path.join(dir, 'floor.mjs');
  writeFileSync(floor, FLOOR);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    ANDWAIT_HOME: path.join(dir, 'state'),
    ANDWAIT_SLOTS: String(AT_ONCE),
  };
  const run = ['run', script, '--agent', 'claude', '--concurrency', String(AT_ONCE), '--quiet'];
  const figures = await inTurn(5, {
    floor: () => timed(process.execPath, [floor, agent]),
    andwait: () => timed(process.execPath, [andwait, ...run], { env }),
  });
  const { floor: bare, andwait: ours } = figures;
  row(
    `${AGENTS} no-op children, ${AT_ONCE} at once: wall, to a bare spawn pool`,
    ratio(ours.wallMs, bare.wallMs),
    'aim 1.15',
  );
  row(
    '  the same: CPU',
    ratio(ours.cpuMs, bare.cpuMs),
    `(${(bare.wallMs / AGENTS).toFixed(2)} ms a child bare)`,
  );
}
