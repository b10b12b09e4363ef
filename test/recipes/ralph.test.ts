/** The loop of one prompt: each of its ends, bare, and below `andwait exec` where a cap stops it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();

/** `body` is sh, in which `$round` is how many rounds it is by now; what it says on stdout is the answer. */
async function project(body: string): Promise<RecipeProject> {
  const made = new RecipeProject(suite);
  made.write('work/PROMPT.md', 'Count up.\n');
  made.agent(`cat > "$HOME/heard"; echo >> "$HOME/rounds"; round=$(($(wc -l < "$HOME/rounds")))\n${body}`);
  await made.sh('git init -q work');
  return made;
}

function loop({ sh }: RecipeProject, check = '', env: Readonly<Record<string, string>> = {}, before = '') {
  return sh(`cd work && ${before} ../recipes/legacy-ralph.sh PROMPT.md ${check}`, env);
}

const rounds = ({ cwd }: RecipeProject): number => readFileSync(path.join(cwd, 'rounds'), 'utf8').length;
const heard = ({ cwd }: RecipeProject): string => readFileSync(path.join(cwd, 'heard'), 'utf8');

describe('legacy-ralph.sh', () => {
  test('ends when an agent says so and the check agrees', async () => {
    const made = await project('echo "$round" > "file $round"; [ $round -lt 3 ] || echo "**DONE**"');
    const { code, stderr } = await loop(made, "test -e 'file 3'");
    expect(code).toBe(0);
    expect(stderr).toContain('ralph: done after 3 rounds');
    expect(rounds(made)).toBe(3);
    expect(heard(made)).toMatch(/^Count up.\nWhen nothing of this is left to do, write DONE/);
    // Nothing was staged in the user's own index.
    expect((await made.sh('git -C work status --short')).stdout).toMatch(/^(\?\? .*\n){4}$/);
  });

  test('believes no agent whom the check contradicts, and tells the next', async () => {
    const made = await project('echo $round > count; echo DONE');
    const { code, stderr } = await loop(made, 'sh -c \'echo seen; test "$(cat count)" = 2\'');
    expect(code).toBe(0);
    expect(stderr).toContain('ralph: round 1: DONE, but the check fails: sh -c');
    expect(heard(made)).toMatch(/An agent said DONE, but `sh -c .*` still fails:\nseen\n$/);
  });

  test.each([
    ['no file changes for two rounds', '[ $round -gt 1 ] || touch once', {}, 1, 3, 'changed no file'],
    ['DONE is said of nothing', 'echo DONE', {}, 1, 2, 'changed no file'],
    [
      'what changes is ignored by git',
      'echo "*.log" > .gitignore; touch $round.log',
      {},
      1,
      3,
      'changed no file',
    ],
    ['so many rounds are over', 'echo $round > count', { ROUNDS: '2' }, 3, 2, 'not done after 2 rounds'],
    ['the agent fails', 'echo "no key" >&2; exit 4', {}, 1, 1, 'round 1: the agent failed (4)'],
    ['there is no quota', 'echo $round > c; [ $round = 1 ] || exit 75', {}, 75, 2, 'a cap, or no quota'],
  ])('ends where %s', async (_name, body, env, code, expected, said) => {
    const made = await project(body);
    const ended = await loop(made, 'false', env);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(said);
    expect(rounds(made)).toBe(expected);
  });

  test('ends with 75 at a cap of andwait’s', async () => {
    const made = await project('echo $round > count');
    const { code, stderr } = await loop(made, 'false', {}, 'andwait exec --max-agents 2 --');
    expect(code).toBe(75);
    expect(stderr).toContain('ralph: round 3: a cap, or no quota');
    expect(rounds(made)).toBe(2);
  });

  test('asks nobody without a prompt, or where git is not', async () => {
    const made = await project('exit 1');
    const missing = await made.sh('cd work && ../recipes/legacy-ralph.sh');
    expect(missing.stderr).toContain('which file holds the prompt');
    const elsewhere = await made.sh('rm -rf work/.git; cd work; ../recipes/legacy-ralph.sh PROMPT.md');
    expect(elsewhere.stderr).toContain('not a git repository');
    const unreadable = await made.sh('git init -q work; cd work; ../recipes/legacy-ralph.sh NONE.md');
    expect(unreadable.stderr).toContain('NONE.md: No such file');
    expect([missing, elsewhere, unreadable].map(({ code }) => code === 0)).toEqual([false, false, false]);
    expect(() => rounds(made)).toThrow();
  });

  test('leaves nothing behind', async () => {
    const made = await project('echo DONE');
    await loop(made, '', { TMPDIR: made.cwd });
    await loop(made, 'false', { TMPDIR: made.cwd });
    expect((await made.sh('ls -d tmp.*')).stdout).toBe('');
  });
});
