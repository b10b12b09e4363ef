/**
 * Print mode beside the real `claude -p`, where ANDWAIT_TEST_CLAUDE names one, and beside a Node that does no more than one
 * request: a small call, sixteen at once, a long session, a huge tool output. All on one Messages API on loopback.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundled } from './bundle.mjs';
import { childrenCpuMs, inTurn, ratio, row } from './measure.mjs';
import { peakMb, residentMb, sharedOutMb, watchPeak } from './process-memory.mjs';

const NODES = path.resolve(process.env.ANDWAIT_TEST_NODES ?? 'node_modules/.nodes');
const REAL = process.env.ANDWAIT_TEST_CLAUDE;

const ROUNDS = 9;
const AT_ONCE = 16;
const TURNS = 200;
/** By then everything has been used once. */
const SETTLED_TURN = 50;
const OUTPUT_BYTES = 100_000_000;
const LOOK_MS = 10;

const FLOOR = `
fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
  method: 'POST',
  body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'ECHO:x' }] }),
}).then((response) => response.text()).then((text) => console.log(text.length));
`;

export async function benchPrint(dir, dist) {
  const { FakeMessagesApi } = await bundled('test/support/api/fake-messages-api.ts', dir);
  const api = await FakeMessagesApi.start();
  const floor = path.join(dir, 'one-request.cjs');
  writeFileSync(floor, FLOOR);
  const stage = new Stage(dir, api);
  try {
    for (const node of nodes()) await onNode(node, stage, dist, floor);
  } finally {
    await api[Symbol.asyncDispose]();
  }
}

async function onNode({ version, node }, stage, dist, floor) {
  const print = { title: 'print mode', file: node, args: [path.join(dist, 'andwait-print.js')] };
  const bare = { title: 'one fetch', file: node, args: [floor] };
  const real = REAL === undefined ? undefined : { title: 'claude -p', file: REAL, args: [] };
  console.log(`print mode on Node ${version}${real === undefined ? ', without a real claude' : ''}`);
  const small = await smallCall(stage, { print, bare, real });
  await atOnce(stage, { print, bare, real });
  await longSession(stage, { print, real });
  await hugeOutput(stage, { print, real }, small);
}

/** A home and a working folder for all of them, warmed by a first call of each. */
class Stage {
  constructor(dir, api) {
    this.api = api;
    this.home = path.join(dir, 'print-home');
    this.cwd = path.join(dir, 'print-cwd');
    mkdirSync(this.home, { recursive: true });
    mkdirSync(this.cwd, { recursive: true });
    this.env = {
      ...api.env(this.home),
      PATH: process.env.PATH,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
    };
  }

  start({ file, args }, words, stdin = 'ignore') {
    const { env, cwd } = this;
    return spawn(file, [...args, ...words], { env, cwd, stdio: [stdin, 'pipe', 'pipe'] });
  }

  /** Runs one call to its end and says what it took. */
  async call(program, words) {
    const cpuBefore = childrenCpuMs();
    const began = performance.now();
    let requestMs = Number.NaN;
    this.api.request(this.api.requests.length + 1).then(() => {
      requestMs = performance.now() - began;
    });
    const child = this.start(program, words);
    const stop = watchPeak(() => peakMb(child.pid), LOOK_MS);
    await endOf(child, program);
    return {
      wallMs: performance.now() - began,
      cpuMs: childrenCpuMs() - cpuBefore,
      requestMs,
      memoryMb: stop(),
    };
  }
}

async function endOf(child, { title }) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000);
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${title} ended with ${code}:\n${said}`);
}

const SMALL = ['-p', 'ECHO:x'];

async function smallCall(stage, { print, bare, real }) {
  const first = await stage.call(print, SMALL);
  const ways = {
    print: () => stage.call(print, SMALL),
    bare: () => stage.call(bare, []),
    ...(real === undefined ? {} : { real: () => stage.call(real, SMALL) }),
  };
  if (real !== undefined) await stage.call(real, SMALL);
  const figures = await inTurn(ROUNDS, ways);
  const { print: ours } = figures;
  compare('a small call: CPU', figures, 'cpuMs', 'ms', 'aim 0.17');
  compare('  time to its first request', figures, 'requestMs', 'ms', 'aim 0.25');
  compare('  the most memory it held', figures, 'memoryMb', 'MB', 'aim 0.33');
  row(
    '  the first one, with no bytecode kept yet: CPU',
    `${first.cpuMs.toFixed(0)} ms`,
    `then ${ours.cpuMs.toFixed(0)} ms`,
  );
  return figures;
}

/** One row to the real program, where there is one, and one to the bare request. */
function compare(what, { print, bare, real }, figure, unit, aim) {
  const own = `${print[figure].toFixed(0)} ${unit}`;
  const other = (title, all) => `(${own} to ${all[figure].toFixed(0)} of ${title})`;
  if (real !== undefined) {
    row(`${what}, to claude -p`, ratio(print[figure], real[figure]), `${aim} ${other('claude -p', real)}`);
  }
  if (bare !== undefined) {
    row(`${what}, to one bare fetch`, ratio(print[figure], bare[figure]), other('one fetch', bare));
  }
}

async function atOnce(stage, programs) {
  const ways = Object.entries(programs)
    .filter(([, program]) => program !== undefined)
    .map(([name, program]) => [name, () => together(stage, program, name === 'bare' ? [] : SMALL)]);
  const figures = await inTurn(3, Object.fromEntries(ways));
  compare(`${AT_ONCE} at once: wall`, figures, 'wallMs', 'ms', '');
  compare('  their CPU', figures, 'cpuMs', 'ms', '');
  compare('  the most memory they held together', figures, 'memoryMb', 'MB', '');
}

async function together(stage, program, words) {
  const cpuBefore = childrenCpuMs();
  const began = performance.now();
  const children = Array.from({ length: AT_ONCE }, () => stage.start(program, words));
  const stop = watchPeak(() => sharedOutMb(children.map(({ pid }) => pid)), 100);
  await Promise.all(children.map((child) => endOf(child, program)));
  return { wallMs: performance.now() - began, cpuMs: childrenCpuMs() - cpuBefore, memoryMb: stop() };
}

const STREAMED = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];

/** A session that stays: each turn is asked when the one before is answered. */
async function longSession(stage, { print, real }) {
  const ours = await growth(stage, print);
  const line = ({ kbATurn, lastMb }) => `${kbATurn.toFixed(0)} KB a turn, ${lastMb.toFixed(0)} MB at the end`;
  const theirs = real === undefined ? '' : `claude -p: ${line(await growth(stage, real))}`;
  row(`a session of ${TURNS} turns, growth from turn ${SETTLED_TURN} on`, line(ours), theirs);
}

async function growth(stage, program) {
  const child = stage.start(program, STREAMED, 'pipe');
  const ended = endOf(child, program);
  const ask = (turn) => {
    const message = { role: 'user', content: `ECHO:turn ${turn}` };
    const line = { type: 'user', message, parent_tool_use_id: null, session_id: '' };
    child.stdin.write(`${JSON.stringify(line)}\n`);
  };
  let turn = 1;
  let settledMb = 0;
  let lastMb = 0;
  ask(turn);
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('{') || JSON.parse(line).type !== 'result') continue;
      if (turn === SETTLED_TURN) settledMb = residentMb(child.pid);
      if (turn === TURNS) {
        lastMb = residentMb(child.pid);
        child.stdin.end();
        return;
      }
      turn += 1;
      ask(turn);
    }
  });
  await ended;
  return { kbATurn: ((lastMb - settledMb) * 1024) / (TURNS - SETTLED_TURN), lastMb };
}

/** How much more than a small call is held when a tool says very much. */
async function hugeOutput(stage, { print, real }, small) {
  const command = `head -c ${OUTPUT_BYTES} /dev/zero | tr '\\0' x`;
  const words = ['-p', `TOOL:Bash ${JSON.stringify({ command })}`, '--allowedTools', 'Bash'];
  const more = async (program, { memoryMb }) => {
    const { memoryMb: peak } = await stage.call(program, words);
    return `${(peak - memoryMb).toFixed(0)} MB`;
  };
  const theirs = real === undefined ? '' : `claude -p: ${await more(real, small.real)}`;
  row('a tool output of 100 MB: held above a small call', await more(print, small.print), theirs);
}

function nodes() {
  const aliases = ['20', '22', '24']
    .map((version) => ({ version, node: path.join(NODES, `node_modules/node${version}/bin/node`) }))
    .filter(({ node }) => existsSync(node));
  return aliases.length > 0 ? aliases : [{ version: process.versions.node, node: process.execPath }];
}
