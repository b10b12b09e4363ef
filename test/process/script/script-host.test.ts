/** The life of the script's process: several scripts in it, its ends, and what it may do even without the vm around it. */
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { hostCommand, launcherArgs, SHELL } from '../../../src/script/child-command.ts';
import { parseScript } from '../../../src/script/parse-script.ts';
import {
  type AgentRequest,
  type Answer,
  DEFAULT_LIMITS,
  ScriptHost,
} from '../../../src/script/script-host.ts';
import { EchoWorld, HOST_PATH, runIn, scriptOf, startHost } from '../../support/script/script-sandbox.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A world that answers when the test says so. */
class SteeredWorld extends EchoWorld {
  readonly #asked: ((prompt: string) => void)[] = [];
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  override agent({ prompt }: AgentRequest): Promise<Answer> {
    this.prompts.push(prompt);
    this.#asked.shift()?.(prompt);
    return new Promise((resolve) => {
      this.#waiting.set(prompt, resolve);
    });
  }

  /** Resolves with the next prompt. */
  asked(): Promise<string> {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
    });
  }

  answer(prompt: string, json: string): void {
    this.#waiting.get(prompt)?.({ kind: 'value', json });
  }
}

const script = (body: string) => parseScript(scriptOf(body), 'x.js');

describe('several scripts in one process', () => {
  test('run at the same time, each in a realm and with a world of its own', async () => {
    await using host = startHost();
    const worlds = [new SteeredWorld(), new SteeredWorld()] as const;
    const asked = worlds.map((world) => world.asked());
    const body = `globalThis.mine = args; log('before ' + args); const said = await agent('a' + args); return [said, globalThis.mine]`;
    const runs = worlds.map((world, index) => runIn(host, body, world, index));
    expect(await Promise.all(asked)).toEqual(['a0', 'a1']);
    worlds[1].answer('a1', '"one"');
    expect(await runs[1]).toEqual({ kind: 'returned', json: '["one",1]' });
    worlds[0].answer('a0', '"zero"');
    expect(await runs[0]).toEqual({ kind: 'returned', json: '["zero",0]' });
    expect(worlds.map(({ logs }) => logs)).toEqual([['before 0'], ['before 1']]);
  });

  test('a script that ended runs no further, though others do', async () => {
    await using host = startHost();
    const world = new EchoWorld();
    await runIn(
      host,
      `setTimeout(() => log('late'), 1); agent('x').then(() => log('late')); return 1`,
      world,
    );
    await runIn(host, `await new Promise((r) => setTimeout(r, 30))`);
    expect(world.logs).toEqual([]);
  });

  test('all break with the process, and so does every later one', async () => {
    await using host = startHost({ syncMs: 300 });
    const world = new SteeredWorld();
    const asked = world.asked();
    const waiting = runIn(host, `await agent('x')`, world);
    await asked;
    const endless = runIn(host, `for (;;);`);
    const broke = {
      kind: 'broke',
      reason: 'sync-limit',
      message: 'the script worked for 0.3 s without waiting for anything',
    };
    expect(await endless).toEqual(broke);
    expect(await waiting).toEqual(broke);
    expect(await runIn(host, `return 1`)).toEqual(broke);
  });
});

describe('the end from outside', () => {
  test('an abort rejects with its reason, in an endless loop, too', async () => {
    await using host = startHost();
    const world = new SteeredWorld();
    const asked = world.asked();
    const controller = new AbortController();
    const run = host.run(
      script(`agent('x'); await new Promise((r) => setTimeout(r, 1)); for (;;);`),
      undefined,
      null,
      world,
      controller.signal,
    );
    await asked;
    const reason = new Error('stop it');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });

  test('a signal that is aborted already starts nothing', async () => {
    await using host = startHost();
    const world = new EchoWorld();
    const reason = new Error('too late');
    const run = host.run(script(`log('ran')`), undefined, null, world, AbortSignal.abort(reason));
    await expect(run).rejects.toBe(reason);
    expect(await runIn(host, `return 1`)).toEqual({ kind: 'returned', json: '1' });
    expect(world.logs).toEqual([]);
  });

  test('an install reached by a link, with odd characters in its path, works as well', async () => {
    const folder = temporaryFolder();
    const real = path.join(folder, 'a b, c');
    mkdirSync(real);
    copyFileSync(HOST_PATH, path.join(real, 'host.cjs'));
    symlinkSync(real, path.join(folder, 'link'));
    const hostPath = path.join(folder, 'link', 'host.cjs');
    await using host = ScriptHost.start({
      nodePath: process.execPath,
      hostPath,
      clock: systemClock,
      limits: DEFAULT_LIMITS,
    });
    expect(await runIn(host, `return 1`)).toEqual({ kind: 'returned', json: '1' });
  });

  test('closing the host ends what runs', async () => {
    const host = startHost();
    const world = new SteeredWorld();
    const asked = world.asked();
    const run = runIn(host, `await agent('x')`, world);
    await asked;
    await host[Symbol.asyncDispose]();
    expect(await run).toEqual({ kind: 'broke', reason: 'crashed', message: 'the script host was closed' });
  });

  test('a bug of the world ends the run with that bug', async () => {
    await using host = startHost();
    const bug = new Error('a bug');
    const world = Object.assign(new EchoWorld(), {
      agent: () => Promise.reject(bug),
    });
    await expect(runIn(host, `await agent('x')`, world)).rejects.toBe(bug);
  });

  test.each([
    ['no such Node', '/no/such/node', HOST_PATH],
    ['a program that is no script host', '/bin/true', HOST_PATH],
    [
      'a program that says something else',
      process.execPath,
      path.resolve(import.meta.dirname, 'second-wall-probe.cjs'),
    ],
  ])('%s is a crash that says what was seen', async (_name, nodePath, hostPath) => {
    await using host = ScriptHost.start({ nodePath, hostPath, clock: systemClock, limits: DEFAULT_LIMITS });
    const end = await runIn(host, `return 1`);
    expect(end).toEqual({
      kind: 'broke',
      reason: 'crashed',
      message: expect.stringMatching(/exited with|wrote/),
    });
  });
});

describe('sizes', () => {
  test('a script of 512 KiB', async () => {
    await using host = startHost();
    const body = `${"log('x');\n".repeat(50)}const all = [${'"some text of a line",\n'.repeat(22_000)}]; return all.length`;
    expect(Buffer.byteLength(scriptOf(body))).toBeGreaterThan(500_000);
    expect(await runIn(host, body)).toEqual({ kind: 'returned', json: '22000' });
  });

  test('a prompt of 1 MB and an answer of 10 MB, of characters that take three bytes', async () => {
    await using host = startHost();
    const world = new SteeredWorld();
    const asked = world.asked();
    const run = runIn(host, `return (await agent('語'.repeat(350_000))).length`, world);
    const prompt = await asked;
    expect(prompt).toBe('語'.repeat(350_000));
    world.answer(prompt, JSON.stringify('語"\n'.repeat(2_000_000)));
    expect(await run).toEqual({ kind: 'returned', json: '6000000' });
  });

  test('a result of 10 MB', async () => {
    await using host = startHost();
    const end = await runIn(
      host,
      `return Array.from({ length: 200_000 }, (_, i) => ({ i, text: 'some text: 語 ü' }))`,
    );
    const rows = end.kind === 'returned' ? JSON.parse(end.json) : [];
    expect([rows.length, rows[199_999]]).toEqual([200_000, { i: 199_999, text: 'some text: 語 ü' }]);
  });
});

test('the process may do nothing, even without the vm around a script', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const probe = path.resolve(import.meta.dirname, 'second-wall-probe.cjs');
  const child = spawn(SHELL, launcherArgs([...hostCommand(process.execPath, probe, 64), String(port)]), {
    env: {},
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  if (child.stdout === null) throw new Error('no stdout');
  const found = JSON.parse(await text(child.stdout));
  server.close();
  const hasOwnNetwork = await promisify(execFile)('unshare', ['-rn', 'true']).then(
    () => true,
    () => false,
  );
  expect(found).toEqual({
    'read a file': 'ERR_ACCESS_DENIED',
    'list a folder': 'ERR_ACCESS_DENIED',
    'write a file': 'ERR_ACCESS_DENIED',
    'start a program': 'ERR_ACCESS_DENIED',
    'start a worker': 'ERR_ACCESS_DENIED',
    'make code from text': 'EvalError',
    'evaluate text': 'EvalError',
    'load a native addon': 'ERR_DLOPEN_DISABLED',
    'write by a database': expect.stringMatching(/MODULE/),
    'change a built-in': 'TypeError',
    'reach a prototype': 'ERR_PROTO_ACCESS',
    'see the environment': 'Error',
    // Before Node 25 only the kernel can close the network, where it lets this user have one of his own.
    network: hasOwnNetwork ? expect.stringMatching(/ENETUNREACH|ERR_ACCESS_DENIED/) : expect.any(String),
    cwd: '/',
  });
});

/** What a script could make its process do if it broke every wall inside: the outside must hold by itself. */
describe('a process that is an enemy', () => {
  test.each<[string, string, string, RegExp, number?]>([
    ['logs without end', `for (;;) say('log 1 0 "' + 'x'.repeat(1000) + '"')`, 'flooded', /without end/],
    ['shows empty phases without end', `for (;;) say('phase 1 0 ""')`, 'flooded', /without end/],
    [
      'calls agents without end',
      `for (;;) say(many((id) => 'agent 1 ' + id + ' {"prompt":"","options":{}}'))`,
      'flooded',
      /without end/,
    ],
    [
      'sets timers without end',
      `for (;;) say(many((id) => 'timer 1 ' + id + ' 1000000'))`,
      'flooded',
      /without end/,
    ],
    [
      'sends one line larger than a message',
      `say('log 1 0 "' + 'x'.repeat(2e6) + '"')`,
      'flooded',
      /single message/,
    ],
    [
      'sends a line without end',
      `for (;;) fs.writeSync(1, 'x'.repeat(1e5))`,
      'sync-limit',
      /without waiting/,
      500,
    ],
    ['sends what is no line', `say('hello')`, 'crashed', /"hello"/],
    ['sends an object where text belongs', `say('log 1 0 {"toString":1}')`, 'crashed', /malformed "log"/],
    ['sends broken JSON', `say('returned 1 0 {')`, 'crashed', /malformed "returned"/],
    [
      'sends a kind that is a name of Object.prototype',
      `say('constructor 1 0 null')`,
      'crashed',
      /malformed "constructor"/,
    ],
    ['says that it is through with what it never got', `say('idle 0 2 null')`, 'crashed', /"idle 0 2 null"/],
    [
      'takes back what it was through with',
      `say('idle 0 1 null'); say('idle 0 0 null')`,
      'crashed',
      /"idle 0 0 null"/,
    ],
  ])('%s', async (_name, misdeed, reason, message, syncMs = 20_000) => {
    const hostPath = path.join(temporaryFolder(), 'enemy.cjs');
    const program = `const fs = require('node:fs'); const say = (line) => fs.writeSync(1, line + '\\n');
      let id = 0; const many = (line) => Array.from({ length: 1000 }, () => line(++id)).join('\\n');
      say('ready 0 0 null'); fs.readSync(0, Buffer.alloc(1)); ${misdeed}; fs.readSync(0, Buffer.alloc(1e6)); for (;;);`;
    writeFileSync(hostPath, program);
    const limits = { ...DEFAULT_LIMITS, messageBytes: 1024 * 1024, syncMs };
    await using host = ScriptHost.start({ nodePath: process.execPath, hostPath, clock: systemClock, limits });
    const end = await runIn(host, `return 1`, new SteeredWorld());
    expect(end).toEqual({ kind: 'broke', reason, message: expect.stringMatching(message) });
  });

  test('cannot speak for a script that is not there', async () => {
    const hostPath = path.join(temporaryFolder(), 'enemy.cjs');
    writeFileSync(
      hostPath,
      `require('node:fs').writeSync(1, 'ready 0 0 null\\nlog 9 0 "x"\\nreturned 9 0 1\\nreturned 1 0 "mine"\\n'); for (;;);`,
    );
    await using host = ScriptHost.start({
      nodePath: process.execPath,
      hostPath,
      clock: systemClock,
      limits: DEFAULT_LIMITS,
    });
    const world = new EchoWorld();
    expect(await runIn(host, `return 1`, world)).toEqual({ kind: 'returned', json: '"mine"' });
    expect(world.logs).toEqual([]);
  });
});
