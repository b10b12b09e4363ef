/** `andwait map` in the middle of a pipe: it reads as it works, ends as its reader does, and leaves nothing behind. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const RESULT = { type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' };

async function steered(...flags: string[]) {
  const rig = await AgentRig.start();
  const project = new ShellProject(suite);
  project.agent(`exec "${rig.program.path}" "$@"`);
  return { rig, project, ...project.start(['map', 'say {}', ...flags], { stdin: 'open' }) };
}

describe('input', () => {
  test('is worked on as it comes, long before it ends', async () => {
    const { rig, child, until, ended } = await steered('-q');
    child.stdin.write('a\n');
    const first = await rig.next();
    expect(await first.reads()).toBe('say a');
    await first.says(RESULT);
    first.exits(0);
    expect(await until('stdout', '\n')).toMatch(/^\{"seq":1,"input":"a","outcome":"reply","value":"done"/);
    child.stdin.write('b');
    child.stdin.end();
    const second = await rig.next();
    expect(await second.reads()).toBe('say b');
    await second.says(RESULT);
    second.exits(0);
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('waits in the pipe while the agents work', async () => {
    const { rig, child, ended } = await steered('-q', '-j2');
    const megabytes = 20;
    child.stdin.write('item\n'.repeat((megabytes * 1_000_000) / 5));
    await rig.next();
    await rig.next();
    // Both work, so nothing more is wanted: what a pipe and two buffers hold, and no more, has left us.
    expect(child.stdin.writableLength).toBeGreaterThan((megabytes - 1) * 1_000_000);
    if (process.platform === 'linux') expect(peakMemoryKb(child.pid)).toBeLessThan(200_000);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143 });
  });

  test('without end is no reason not to end', async () => {
    const { rig, child, ended } = await steered('-q', '--halt', 'now,fail=1', '-j2');
    child.stdin.write('a\nb\n');
    const [first, second] = [await rig.next(), await rig.next()];
    first.exits(1);
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/"outcome":"no-result"/);
    expect(stdout).toMatch(/"outcome":"stopped"/);
    expect([first, second].map(({ report }) => isRunning(report.pid))).toEqual([false, false]);
  });

  test('that is not UTF-8 is mended, and told once', async () => {
    const project = new ShellProject(suite);
    const { child, ended } = project.start(['map', '--rehearse', '-k'], { stdin: 'open' });
    child.stdin.end(Buffer.from([0x61, 0xff, 10, 0xc3, 0xa9, 10, 0xfe, 10]));
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stdout.match(/"input":"[^"]*"/g)).toEqual([
      '"input":"a\ufffd"',
      '"input":"é"',
      '"input":"\ufffd"',
    ]);
    expect(stderr.match(/line \d+ of stdin is not UTF-8/g)).toEqual(['line 1 of stdin is not UTF-8']);
  });

  test('20 MB of it need no memory', async () => {
    const project = new ShellProject(suite);
    // A heap that would not hold the input, let alone what comes of it.
    const node = ['--max-old-space-size=40', ANDWAIT];
    const started = project.startProgram(
      process.execPath,
      [...node, 'map', '--rehearse', '-q', '-j32', '-k'],
      {
        stdin: `${'x'.repeat(9_999)}\n`.repeat(2_000),
      },
    );
    let seen = 0;
    let peakKb = 0;
    started.child.stdout.on('data', () => {
      seen += 1;
      if (seen % 50 === 0) peakKb = Math.max(peakKb, peakMemoryKb(started.child.pid));
    });
    const { code, stdout } = await started.ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2_000);
    if (process.platform === 'linux') {
      expect(peakKb).toBeGreaterThan(30_000);
      expect(peakKb).toBeLessThan(260_000);
    }
  });
});

/** The most it ever had resident. */
function peakMemoryKb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

describe('output', () => {
  test('whose reader leaves ends the map, as it ends any filter', async () => {
    const { rig, child, until, ended, project } = await steered('-j2');
    child.stdin.write('a\nb\nc\nd\n');
    const [first, second] = [await rig.next(), await rig.next()];
    await first.says(RESULT);
    first.exits(0);
    await until('stdout', '\n');
    child.stdout.destroy();
    const third = await rig.next();
    await second.says(RESULT);
    second.exits(0);
    const { code, stderr } = await ended;
    expect(code).toBe(141);
    expect(stderr).toMatch(/stopped after .*\n(.*\n)* +error +Stopped: stopped by SIGPIPE/);
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
    expect(isRunning(third.report.pid)).toBe(false);
    const [runId = ''] = project.runIds();
    expect((await project.run(['list'])).stdout).toMatch(new RegExp(`${runId} .*stopped`));
  });

  test('that is read late loses nothing', async () => {
    const project = new ShellProject(suite);
    const started = project.start(['map', '--rehearse', '-q', '-j2'], { stdin: 'open' });
    started.child.stdout.pause();
    const line = `${'x'.repeat(100_000)}\n`;
    // More than a pipe holds: once it is taken, an answer of its size waits for its reader.
    await new Promise((resolve) => started.child.stdin.write(line.repeat(3), resolve));
    started.child.stdout.resume();
    started.child.stdin.end(line.repeat(97));
    const { code, stdout } = await started.ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(100);
  });

  test('between a writer that never ends and a reader that does', async () => {
    const project = new ShellProject(suite);
    const command = 'yes item | { "$0" "$@"; echo "$?" > code; } | head -n 3';
    const args = [
      '-c',
      command,
      process.execPath,
      ANDWAIT,
      'map',
      '{#}. {}',
      '--rehearse',
      '-q',
      '--output',
      'text',
    ];
    const { stdout } = await project.startProgram('/bin/sh', args).ended;
    expect(stdout.match(/\d\. item/g)).toEqual(['1. item', '2. item', '3. item']);
    expect(readFileSync(path.join(project.cwd, 'code'), 'utf8')).toBe('141\n');
  });

  test('on a full disk', async () => {
    const project = new ShellProject(suite);
    const command = 'exec "$0" "$@" >/dev/full';
    const args = ['-c', command, process.execPath, ANDWAIT, 'map', '--rehearse', '-q'];
    const { code, stderr } = await project.startProgram('/bin/sh', args, {
      stdin: 'a\nb\n',
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/stdout cannot be written \(ENOSPC\)/);
  });
});

test.runIf(process.platform === 'linux')(
  'a broker that is killed meanwhile costs no item, and none twice',
  async () => {
    const project = new ShellProject(suite);
    const result = JSON.stringify({ ...RESULT, result: '%s' });
    project.agent(`prompt=$(cat); echo "$prompt" >> "${project.cwd}/ran"; printf '${result}\\n' "$prompt"`);
    const started = project.start(['map', 'say {}', '-j1', '-q'], { stdin: 'open' });
    const items = Array.from({ length: 12 }, (_, at) => `item ${at}`);
    started.child.stdin.write(`${items.slice(0, 6).join('\n')}\n`);
    await started.until('stdout', '"seq":3,');
    const socket = readFileSync(path.join(project.state, 'pool', 'socket.json'), 'utf8');
    process.kill((JSON.parse(socket) as { pid: number }).pid, 'SIGKILL');
    started.child.stdin.end(`${items.slice(6).join('\n')}\n`);
    const { code, stdout } = await started.ended;
    expect(code).toBe(0);
    expect(stdout.match(/"value":"say item \d+"/g)).toHaveLength(12);
    const ran = readFileSync(path.join(project.cwd, 'ran'), 'utf8').trimEnd().split('\n');
    expect(ran.sort()).toEqual(items.map((item) => `say ${item}`).sort());
  },
);

describe('stopped', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: %i, agents ended, items told', async (signal, code) => {
    const { rig, child, ended, project } = await steered('-j2');
    child.stdin.write('a\nb\nc\n');
    const agents = [await rig.next(), await rig.next()];
    child.kill(signal);
    const { code: got, stdout, stderr } = await ended;
    expect(got).toBe(code);
    expect(stdout.match(/"outcome":"stopped"/g)).toHaveLength(2);
    expect(stderr).toContain(`andwait: ${signal}: stopping the agents\n`);
    expect(stderr).toMatch(/ +items +2 items: 0 replied, 2 stopped\n/);
    expect(stderr).toContain(`go on with the same input: andwait map --resume ${project.runIds()[0]}\n`);
    expect(agents.map(({ report }) => isRunning(report.pid))).toEqual([false, false]);
  });

  test('before the first item came: no run', async () => {
    const project = new ShellProject(suite);
    const started = project.start(['map', 'x', '--rehearse'], { stdin: 'open' });
    await new Promise((resolve) => started.child.stdin.write('\n'.repeat(300_000), resolve));
    started.child.kill('SIGINT');
    expect(await started.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
    expect(project.runIds()).toEqual([]);
  });
});

const SCRIPT = '/usr/bin/script';
describe.runIf(process.platform === 'linux' && existsSync(SCRIPT))('on a terminal', () => {
  test('--eta draws a bar, and leaves none behind', async () => {
    const project = new ShellProject(suite, { items: 'item\n'.repeat(2_000) });
    const command = `stty cols 100 rows 24; "${process.execPath}" "${ANDWAIT}" map --rehearse --eta < items > out`;
    const { stdout } = await project.startProgram(SCRIPT, ['-qec', command, '/dev/null']).ended;
    expect(stdout).toMatch(/\[#+-*\] \d+% {2}\d+ running, [\d,]+ done, \d+s {2}ETA/);
    const [, shown = ''] = /completed after([\s\S]*)$/.exec(stdout) ?? [];
    expect(shown).toContain('2,000 items: 2,000 replied');
    expect(shown).not.toContain('running');
    expect(readFileSync(path.join(project.cwd, 'out'), 'utf8').trimEnd().split('\n')).toHaveLength(2_000);
  });

  test('without one there is no bar, whatever is asked for', async () => {
    const project = new ShellProject(suite);
    const { code, stderr } = await project.run(['map', '--rehearse', '--bar', '--eta'], { stdin: 'a\nb\n' });
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/\[#|\u001b/);
  });
});
