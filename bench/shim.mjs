/** What the shim costs: a call it passes through, a call it runs in the pool, and a thousand of them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundled } from './bundle.mjs';
import { inTurn, ratio, row, timed } from './measure.mjs';

const NODES = path.resolve(process.env.ANDWAIT_TEST_NODES ?? 'node_modules/.nodes');
/** Path of a real claude, for the figure that is a share of one call of it. */
const REAL = process.env.ANDWAIT_TEST_CLAUDE;

const NO_OP = `#!/bin/sh
printf '%s\\n' '{"type":"result","subtype":"success","is_error":false,"result":"ok"}'
`;
const CALLS = 1000;
const AT_ONCE = 8;

export async function benchShim(dir, dist) {
  const shims = path.join(dist, '../shims');
  const bin = path.join(dir, 'shim-bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'claude'), NO_OP);
  chmodSync(path.join(bin, 'claude'), 0o755);
  const own = { HOME: dir, ANDWAIT_HOME: path.join(dir, 'shim-state'), ANDWAIT_SLOTS: String(AT_ONCE) };
  const env = (node, ...first) => ({
    ...own,
    PATH: [...first, bin, path.dirname(node), '/usr/bin', '/bin'].join(':'),
  });
  await passThrough(env(process.execPath), env(process.execPath, shims));
  for (const node of nodes()) await oneCall(node, env(node.file), env(node.file, shims), dir);
  await thousand(env(process.execPath), env(process.execPath, shims));
}

/** A loop of a hundred in one shell, so that the shell itself is in both figures. */
async function passThrough(bare, shimmed) {
  const loop = ['-c', 'i=0; while [ $i -lt 100 ]; do claude --version > /dev/null; i=$((i+1)); done'];
  const figures = await inTurn(5, {
    bare: () => timed('/bin/sh', loop, { env: bare }),
    shim: () => timed('/bin/sh', loop, { env: shimmed }),
  });
  const ms = (figures.shim.wallMs - figures.bare.wallMs) / 100;
  row('a call that the shim passes through, above the bare program', `${ms.toFixed(1)} ms`, 'aim 5 ms');
}

async function oneCall({ name, file }, bare, shimmed, dir) {
  const loop = ['-c', 'i=0; while [ $i -lt 10 ]; do claude -p x < /dev/null > /dev/null; i=$((i+1)); done'];
  const figures = await inTurn(5, {
    bare: () => timed('/bin/sh', loop, { env: bare }),
    shim: () => timed('/bin/sh', loop, { env: shimmed }),
  });
  const cpuMs = (figures.shim.cpuMs - figures.bare.cpuMs) / 10;
  row(`the shim's own CPU a pooled call, Node ${name}`, `${cpuMs.toFixed(0)} ms`, file);
  if (REAL === undefined) return;
  const realMs = await realCall(dir);
  row('  to one claude -p', ratio(cpuMs, realMs), name === '20' ? 'aim 0.20' : 'aim 0.10');
}

async function realCall(dir) {
  const { FakeMessagesApi } = await bundled('test/support/api/fake-messages-api.ts', dir);
  const api = await FakeMessagesApi.start();
  const env = {
    ...api.env(dir),
    PATH: process.env.PATH,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
  };
  const figures = await inTurn(5, { real: () => timed(REAL, ['-p', 'ECHO:x'], { env, cwd: dir }) });
  await api[Symbol.asyncDispose]();
  return figures.real.cpuMs;
}

/** Against the same through the tools that people fan out with. */
async function thousand(bare, shimmed) {
  const command = `seq ${CALLS} | xargs -P${AT_ONCE} -I{} claude -p {} > /dev/null`;
  const ways = {
    bare: () => timed('/bin/sh', ['-c', command], { env: bare }),
    shim: () => timed('/bin/sh', ['-c', command], { env: shimmed }),
  };
  if (spawnSync('parallel', ['--version']).status === 0) {
    const parallel = `seq ${CALLS} | parallel --will-cite -j${AT_ONCE} claude -p {} > /dev/null`;
    ways.parallel = () => timed('/bin/sh', ['-c', parallel], { env: bare });
    ways.parallelShim = () => timed('/bin/sh', ['-c', parallel], { env: shimmed });
  }
  const figures = await inTurn(1, ways);
  for (const [name, { wallMs }] of Object.entries(figures)) {
    row(
      `${CALLS} no-op calls, ${AT_ONCE} at once: ${NAMES[name]}`,
      `${(wallMs / 1000).toFixed(1)} s`,
      ratio(wallMs, figures.bare.wallMs),
    );
  }
}

const NAMES = {
  bare: 'xargs -P, no shim',
  shim: 'xargs -P, shim',
  parallel: 'GNU parallel, no shim',
  parallelShim: 'GNU parallel, shim',
};

function nodes() {
  const aliases = ['20', '22', '24']
    .map((name) => ({ name, file: path.join(NODES, `node_modules/node${name}/bin/node`) }))
    .filter(({ file }) => existsSync(file));
  return aliases.length > 0
    ? aliases
    : [{ name: process.versions.node.split('.')[0], file: process.execPath }];
}
