/** What the agent program says of its version, and programs that say nothing of use. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { agentVersion, programTitle } from '../../../src/agent/agent-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function programOf(body: string) {
  const file = path.join(temporaryFolder(), 'claude');
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { kind: 'claude', path: file, prefixArgs: [], version: undefined } as const;
}

const ENV = { PATH: '/usr/bin:/bin', MARK: '7.7.7' };

test.each([
  ['as the real one says it', 'echo "2.1.330 (Claude Code)"', '2.1.330'],
  ['with a pre-release', 'echo v3.0.0-beta.1', '3.0.0-beta.1'],
  ['asked for by --version', '[ "$*" = --version ] && echo 1.2.3', '1.2.3'],
  ['in the environment it is given', 'echo $MARK', '7.7.7'],
  ['without one', 'echo hello', undefined],
  ['that fails', 'echo 1.2.3; exit 1', undefined],
  ['that prints without end', 'yes 1.2.3', undefined],
])('%s', async (_name, body, version) => {
  expect(await agentVersion(programOf(body), ENV)).toBe(version);
});

test('a program that is not there has none', async () => {
  expect(await agentVersion({ ...programOf(''), path: '/no/such/claude' }, ENV)).toBeUndefined();
});

test('one that is known is not asked for', async () => {
  expect(await agentVersion({ ...programOf('exit 1'), version: '0.1.0' }, ENV)).toBe('0.1.0');
});

test.each([
  ['claude', undefined, 'claude'],
  ['claude', '2.1.330', 'claude 2.1.330'],
  ['print', '0.1.0', 'andwait-print 0.1.0'],
] as const)('title: %s %s', (kind, version, title) => {
  expect(programTitle({ ...programOf(''), kind, version })).toBe(title);
});
