/** What the agent program says of its version, and programs that say nothing of use. */
import { execFileSync } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { programTitle } from '../../../src/agent/program/agent-program.ts';
import { agentVersion } from '../../../src/agent/program/agent-version.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { systemClock } from '../../support/system-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function programOf(body: string) {
  const file = path.join(temporaryFolder(), 'claude');
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { kind: 'claude', path: file, prefixArgs: [], version: undefined } as const;
}

const ENV = { PATH: '/usr/bin:/bin', MARK: '7.7.7' };
const DEPS = {
  cwd: '/',
  env: ENV,
  clock: systemClock,
  kill: (pid: number, signal: NodeJS.Signals | 0) => void process.kill(pid, signal),
};

/**
 * A program that hangs, with a descendant in its group and one outside of it, both of which hold its stdout. Each holds
 * `ends` too, which therefore closes when the last of them is gone.
 */
function hangingProgram(escapes: boolean) {
  const dir = temporaryFolder();
  const [running, ends] = [path.join(dir, 'running'), path.join(dir, 'ends')];
  execFileSync('mkfifo', [running, ends]);
  const outside = `setsid sh -c 'exec 9>&-; echo > ${running}; read line < ${dir}/never' &`;
  const inside = `sleep 1000 &\n${escapes ? '' : `echo > ${running}`}\nwait`;
  execFileSync('mkfifo', [path.join(dir, 'never')]);
  return {
    program: programOf(`exec 9> ${ends}\necho 1.2.3\n${escapes ? outside : ''}\n${inside}`),
    /** Resolves once it runs. */
    runs: () => endOf(running),
    ended: endOf(ends),
    letGo: () => writeFileSync(path.join(dir, 'never'), '\n'),
  };
}

async function endOf(fifo: string): Promise<void> {
  for await (const _chunk of createReadStream(fifo)) {
    // Only its end counts.
  }
}

test.each([
  ['as the real one says it', 'echo "2.1.330 (Claude Code)"', '2.1.330'],
  ['with a pre-release', 'echo v3.0.0-beta.1', '3.0.0-beta.1'],
  ['asked for by --version', '[ "$*" = --version ] && echo 1.2.3', '1.2.3'],
  ['in the environment it is given', 'echo $MARK', '7.7.7'],
  ['without one', 'echo hello', undefined],
  ['that fails', 'echo 1.2.3; exit 1', undefined],
  ['that prints without end', 'yes 1.2.3', undefined],
])('%s', async (_name, body, version) => {
  expect(await agentVersion(programOf(body), DEPS)).toBe(version);
});

test('a program that is not there has none', async () => {
  expect(await agentVersion({ ...programOf(''), path: '/no/such/claude' }, DEPS)).toBeUndefined();
});

test('one that is known is not asked for', async () => {
  expect(await agentVersion({ ...programOf('exit 1'), version: '0.1.0' }, DEPS)).toBe('0.1.0');
});

test.each([
  ['its time is up', (clock: ManualClock) => clock.advance(5_000)],
  ['the run is stopped', (_clock: ManualClock, stop: AbortController) => stop.abort()],
])('one that hangs is killed with its group when %s', async (_name, end) => {
  const { program, runs, ended } = hangingProgram(false);
  const clock = new ManualClock();
  const stop = new AbortController();
  const version = agentVersion(program, { ...DEPS, clock, signal: stop.signal });
  await runs();
  end(clock, stop);
  expect(await version).toBeUndefined();
  await ended;
  expect(clock.pending).toEqual([]);
});

test('whoever escaped the group and holds the pipe is not waited for', async () => {
  const { program, runs, ended, letGo } = hangingProgram(true);
  const clock = new ManualClock();
  const version = agentVersion(program, { ...DEPS, clock });
  await runs();
  clock.advance(5_000);
  expect(await version).toBeUndefined();
  await ended;
  letGo();
});

test('one that answers and ends has a version, whoever it leaves behind with its pipe', async () => {
  const body = 'sleep 1000 &\necho 2.1.330';
  expect(await agentVersion(programOf(body), DEPS)).toBe('2.1.330');
});

test('nothing is started for a run that is stopped already', async () => {
  const signal = AbortSignal.abort();
  expect(await agentVersion(programOf('echo 1.2.3'), { ...DEPS, signal })).toBeUndefined();
});

test.each([
  ['claude', undefined, 'claude'],
  ['claude', '2.1.330', 'claude 2.1.330'],
  ['print', '0.1.0', 'andwait-print 0.1.0'],
] as const)('title: %s %s', (kind, version, title) => {
  expect(programTitle({ ...programOf(''), kind, version })).toBe(title);
});
