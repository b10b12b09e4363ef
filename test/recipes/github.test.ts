/** GitHub workflows, their steps run as a runner runs them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findRun, readResult, runIds } from '../../src/journal/find-run.ts';
import { GIT, RecipeProject } from '../support/documents/recipe-project.ts';
import { readDocument } from '../support/documents/shown-text.ts';
import { commandsIn } from '../support/programs/github-runner.ts';
import { DIST } from '../support/programs/run-in-process.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();
/** Names that people give, of files that change. */
const CHANGED = ['src/d.js', "src/it's e.js"];

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: string;
  readonly jobs: {
    readonly review: { readonly env?: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
  };
}

function jobOf(file: string): Workflow['jobs']['review'] {
  return (parse(readDocument(file)) as Workflow).jobs.review;
}

/** A repository whose branch changes two files and takes one away. */
async function branched(agent: 'one-line-claude' | 'plain-claude'): Promise<RecipeProject> {
  const project = new RecipeProject(suite);
  project.agentLike(agent);
  project.write('src/gone.js', 'x\n');
  await project.sh(`git init -q . && git add src && ${GIT} commit -qm start && git branch base`);
  for (const file of CHANGED) project.write(file, 'new\n');
  await project.sh(`git rm -q src/gone.js && git add src && ${GIT} commit -qm change`);
  return project;
}

/** Runs the steps up to the first that fails, as GitHub does by `bash -e`, and all of them but those that install. */
async function run(project: RecipeProject, steps: readonly Step[]) {
  const file = (name: string) => project.write(`runner/${name}`, '');
  const files = {
    GITHUB_PATH: file('path'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_OUTPUT: file('output'),
  };
  const read = (name: keyof typeof files) => readFileSync(files[name], 'utf8');
  for (const step of steps) {
    if (step.run === undefined || step.name === 'Install') continue;
    const added = read('GITHUB_PATH').split('\n').filter(Boolean).reverse();
    const script = path.join(project.cwd, 'runner/step.sh');
    writeFileSync(script, step.run);
    const given = {
      ...files,
      RUNNER_TEMP: path.join(project.cwd, 'runner'),
      GITHUB_ACTIONS: 'true',
      BASE: 'base',
      PATH: [...added, project.env['PATH']].join(':'),
    };
    const ended = await project.sh(`bash -e ${script}`, given);
    if (ended.code !== 0) return { ...ended, failed: step.name, read };
  }
  return { code: 0, failed: undefined, read };
}

const callsOf = ({ state }: RecipeProject) => readResult(findRun(state, runIds(state)[0] ?? ''))?.calls;

describe.each(['recipes/github-review.yml', 'recipes/legacy-workflow.yml'])('%s', (file) => {
  const { steps, env = {} } = jobOf(file);

  test('no expression of GitHub’s is pasted into a command: a branch may be named like one', () => {
    expect(steps.flatMap(({ run: command }) => (command?.includes('${{') ? [command] : []))).toEqual([]);
    const variables = [env, ...steps.map((step) => step.env ?? {})].flatMap((each) => Object.keys(each));
    expect(variables).toEqual(['ANTHROPIC_API_KEY', 'BASE']);
  });

  test('fails where git does, and where agents do', async () => {
    const project = await branched('one-line-claude');
    project.agent('echo "no quota" >&2; exit 1');
    expect(await run(project, steps)).toMatchObject({ failed: 'Review' });
    await project.sh('git branch -D base');
    expect(await run(project, steps)).toMatchObject({ code: 128, failed: 'Review' });
  });
});

test('github-review.yml: each file that the branch changes, once', async () => {
  const project = await branched('one-line-claude');
  const { code, read } = await run(project, jobOf('recipes/github-review.yml').steps);
  expect(code).toBe(0);
  expect(callsOf(project)).toMatchObject({ total: 2, done: 2 });
  const review = readFileSync(path.join(project.cwd, 'review.txt'), 'utf8');
  for (const name of CHANGED) expect(review).toContain(`${name}\tasked: Review the file ${name} for bugs.`);
  expect(readFileSync(path.join(project.cwd, 'review.xml'), 'utf8').match(/<testcase /g)).toHaveLength(2);
  expect(read('GITHUB_STEP_SUMMARY')).toContain('2 done');
  expect(read('GITHUB_OUTPUT')).toContain('status=completed');
});

test('github-review.yml: a failed agent is an annotation', async () => {
  const project = await branched('one-line-claude');
  project.agent('exit 1');
  const ended = await run(project, jobOf('recipes/github-review.yml').steps);
  const log = 'stderr' in ended ? ended.stderr : '';
  expect(commandsIn(log).filter((command) => command.startsWith('error'))).toHaveLength(2);
});

test('legacy-workflow.yml: each file that the branch changes, once, all of them pooled', async () => {
  const project = await branched('plain-claude');
  const { code, read } = await run(project, jobOf('recipes/legacy-workflow.yml').steps);
  expect(code).toBe(0);
  expect(read('GITHUB_PATH')).toBe(`${path.join(DIST, '../shims')}\n`);
  for (const name of CHANGED) {
    expect(read('GITHUB_STEP_SUMMARY')).toContain(`did: Review ${name} for bugs. Be brief. (0 lines read)\n`);
  }
  expect(callsOf(project)).toMatchObject({ total: 2, done: 2 });
});
