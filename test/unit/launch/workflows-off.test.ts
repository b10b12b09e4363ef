/** Who may turn workflows off, and what a person at the command line is told. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refuseWhereOff } from '../../../src/launch/workflows-off.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Said {
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: unknown;
  readonly project?: unknown;
  readonly managed?: unknown;
}

async function refusal({ env = {}, user, project, managed }: Said): Promise<string | undefined> {
  const root = temporaryFolder();
  const write = (name: string, value: unknown): void => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (value !== undefined) writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  };
  write('home/.claude/settings.json', user);
  write('project/.claude/settings.json', project);
  write('managed.json', managed);
  const program = { env, homeDir: path.join(root, 'home'), clock: new ManualClock() };
  return await refuseWhereOff(path.join(root, 'project'), program, path.join(root, 'managed.json')).then(
    () => undefined,
    (error: Error & { exitCode: number }) => `${error.exitCode}: ${error.message.replaceAll(root, '')}`,
  );
}

const OFF = { disableWorkflows: true };
const ON = { disableWorkflows: false };
const VARIABLE = { CLAUDE_CODE_DISABLE_WORKFLOWS: '1' };

test.each<[string, Said, string | undefined]>([
  ['nobody', {}, undefined],
  ['the environment', { env: VARIABLE }, 'the environment variable CLAUDE_CODE_DISABLE_WORKFLOWS=1'],
  ['the environment that settings make', { user: { env: VARIABLE } }, 'the environment variable'],
  ['the user', { user: OFF }, '"disableWorkflows": true in /home/.claude/settings.json'],
  ['the project', { project: OFF }, '"disableWorkflows": true in /project/.claude/settings.json'],
  ['the administrator', { managed: OFF, user: ON }, '"disableWorkflows": true in /managed.json'],
  ['all but the administrator', { env: VARIABLE, user: OFF, managed: ON }, undefined],
])('turned off by %s', async (_name, said, who) => {
  const refused = await refusal(said);
  if (who === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(`2: workflows are turned off by ${who}`);
});

test('managed settings that cannot be read bind all the same', async () => {
  expect(await refusal({ managed: '{' })).toContain('2: the managed settings /managed.json cannot be used');
});
