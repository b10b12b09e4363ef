/** The hook, set off by git itself. */
import { describe, expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();

/** An agent that stops a diff that adds `BUG`, with escape codes in what it says. */
const REVIEWER = `
case $(cat) in *+BUG*) value='{"stop":true,"why":"a bug\\u001b[2J in \\u202eit"}' ;; *) value='{"stop":false,"why":""}' ;; esac
printf '{"type":"result","subtype":"success","is_error":false,"result":"x","structured_output":%s,"session_id":"s"}\\n' "$value"`;

async function project(agent = REVIEWER): Promise<RecipeProject> {
  const made = new RecipeProject(suite);
  made.agent(agent);
  made.write('.gitconfig', '[user]\nname = t\nemail = t@example.org\n');
  await made.sh(
    'git init -q work && cp -r recipes work && ln -s ../../recipes/pre-commit work/.git/hooks/pre-commit',
  );
  return made;
}

async function commit(
  made: RecipeProject,
  content: string,
  env: Readonly<Record<string, string>> = {},
  how = '',
) {
  made.write('work/a file.js', content);
  const ended = await made.sh(`cd work && git add 'a file.js' && git commit -q ${how} -m x`, env);
  const { code } = await made.sh('git -C work rev-parse -q --verify HEAD');
  return { ...ended, committed: code === 0 };
}

describe('pre-commit', () => {
  test('lets through what is well, without a word', async () => {
    expect(await commit(await project(), 'fine\n')).toMatchObject({ committed: true, code: 0, stderr: '' });
  });

  test('stops what is surely wrong, says why, and lets itself be passed by', async () => {
    const made = await project();
    const { committed, code, stderr } = await commit(made, 'BUG\n');
    expect({ committed, code }).toEqual({ committed: false, code: 1 });
    expect(stderr).toBe(
      'pre-commit: stopped: a bug[2J in it\npre-commit: to commit it all the same: git commit --no-verify\n',
    );
    expect(await commit(made, 'BUG\n', {}, '--no-verify')).toMatchObject({ committed: true, stderr: '' });
  });

  test('REVIEW=off asks nobody', async () => {
    const made = await project('touch "$HOME/asked"; exit 1');
    const ended = await commit(made, 'BUG\n', { REVIEW: 'off' });
    expect(ended).toMatchObject({ committed: true, code: 0, stderr: '' });
    expect((await made.sh('ls asked')).code).not.toBe(0);
  });

  test.each([
    ['an agent that fails', 'exit 1', {}, /not reviewed: the review ended with 3/],
    ['an answer that is none', 'echo nonsense', {}, /not reviewed: the review ended with 3/],
    [
      'no andwait',
      'exit 1',
      { PATH: '/usr/bin:/bin' },
      /not reviewed: the review ended with 127: .*not found/,
    ],
  ])('%s blocks no commit, unless a review is required', async (_name, agent, env, said) => {
    const made = await project(agent);
    const required = await commit(made, 'fine\n', { ...env, REVIEW: 'required' });
    expect({ ...required, stderr: '' }).toMatchObject({ committed: false, code: 1 });
    expect(required.stderr).toMatch(/REVIEW=required, so nothing was committed\n$/);
    const { committed, stderr } = await commit(made, 'fine\n', env);
    expect(committed).toBe(true);
    expect(stderr).toMatch(said);
  });

  test('a diff too large for a quick look is said to be one', async () => {
    const made = await project('touch "$HOME/asked"; exit 1');
    const { committed, stderr } = await commit(made, 'x'.repeat(200_001));
    expect(committed).toBe(true);
    expect(stderr).toBe('pre-commit: not reviewed: more than 200 kB are staged\n');
    expect((await made.sh('ls asked')).code).not.toBe(0);
  });
});
