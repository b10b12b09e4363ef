import { expect, test } from 'vitest';
import { completionSources } from '../../../../src/cli/completion/completion-sources.ts';
import type { Program } from '../../../../src/core/program.ts';
import { RecordedRunFiles } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const idOf = (n: number): string => `20261122-16${String(n).padStart(4, '0')}-aaaa`;

test('of many runs the newest that fit are offered: of that kind, and begun as was typed', async () => {
  const home = temporaryFolder();
  for (let n = 0; n < 120; n++) {
    new RecordedRunFiles(home, { runId: idOf(n), kind: n < 60 ? 'workflow' : 'map' });
  }
  const program = { env: { ANDWAIT_HOME: home }, homeDir: home, cwd: home, distDir: home, uid: 0 };
  const sources = completionSources(program as unknown as Program);
  const offered = async (command: string, current: string): Promise<readonly string[]> =>
    ((await sources.valuesOf(command, 'run', current))?.candidates ?? []).map(({ value }) => value);
  const workflows = await offered('resume', '');
  expect([workflows.length, workflows[0], workflows.at(-1)]).toEqual([50, idOf(59), idOf(10)]);
  expect(await offered('logs', idOf(3))).toEqual([idOf(3)]);
  expect((await offered('logs', ''))[0]).toBe(idOf(119));
});
