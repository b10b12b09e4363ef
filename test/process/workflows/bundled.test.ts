/** Every bundled workflow on real child agents: killed with SIGKILL in the middle and gone on with, and as its README says it is rehearsed. */
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../src/core/run.ts';
import { ANDWAIT, suiteFolder, twoAtOnce } from '../../support/programs/shell-project.ts';
import { BUNDLED, scenarioOf, WORKFLOWS } from '../../support/workflows/bundled.ts';
import { ScenarioProject } from '../../support/workflows/scenario-project.ts';
import { bundledScript, playWorkflow } from '../../support/workflows/scripted-workflow.ts';

const suite = suiteFolder();

async function staged(name: string) {
  const scenario = await scenarioOf(name);
  const whole = await playWorkflow(name, {
    args: scenario.args,
    answer: ({ prompt }) => scenario.answer(prompt),
  });
  return { scenario, whole, project: new ScenarioProject(suite, scenario, whole.calls) };
}

describe('killed in the middle, then resumed', { timeout: 120_000 }, () => {
  test.concurrent.each(BUNDLED)(
    '%s has the same result, and what had ended well is not asked again',
    async (name) => {
      const { scenario, whole, project } = await staged(name);
      expect(whole.status).toBe('completed');
      await twoAtOnce.add(async () => {
        const args = ['--args', JSON.stringify(scenario.args), '--agent', 'claude', '--concurrency', '2'];
        const run = project.start(['run', bundledScript(name), ...args, '--output', 'ndjson', '--quiet']);
        const half = Math.floor(whole.calls.length / 2);
        let settled = 0;
        for (let seen = ''; settled < half; ) {
          seen = await run.until('stdout', new RegExp(`(?:"call_settled"[^]*){${settled + 1}}`));
          settled = seen.split('"call_settled"').length - 1;
        }
        run.child.kill('SIGKILL');
        expect((await run.ended).signal).toBe('SIGKILL');
        const resumed = await project.run(['resume', '--last', '--output', 'json', '--quiet']);
        expect(resumed.stderr).toBe('');
        const end = JSON.parse(resumed.stdout) as RunResult;
        expect(end.result).toEqual(whole.result);
        const failing = whole.calls.filter(({ prompt }) => scenario.answer(prompt) === null).length;
        expect(end.calls.replayed).toBeGreaterThanOrEqual(half - failing);
        expect(end.calls.total).toBe(whole.calls.length);
      });
    },
  );
});

describe('the README', () => {
  const run = promisify(execFile);

  test.concurrent.each(BUNDLED)('of %s is typed as printed', async (name) => {
    const { project } = await staged(name);
    const readme = readFileSync(path.join(WORKFLOWS, name, 'README.md'), 'utf8');
    const rehearsals = [...readme.matchAll(/^\$ (andwait run .*--rehearse.*)$/gm)].map(
      ([, line = '']) => line,
    );
    expect(rehearsals).not.toEqual([]);
    symlinkSync(ANDWAIT, path.join(project.cwd, 'bin/andwait'));
    const env = { ...project.env, PATH: `${project.env.PATH}:${path.dirname(process.execPath)}` };
    await twoAtOnce.add(async () => {
      for (const line of rehearsals) {
        const { stdout } = await run('sh', ['-c', line], { cwd: project.cwd, env });
        expect(stdout).not.toBe('');
      }
    });
  });
});
