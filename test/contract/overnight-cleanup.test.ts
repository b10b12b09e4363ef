/** A night of `overnight-cleanup` with agents that really edit, commit and try to push: what is left of it in the repository, with our own print mode and with the real program. */
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { RunResult } from '../../src/core/run.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../support/api/fake-messages-api.ts';
import { GIT_IDENTITY, git as gitIn } from '../support/git/git-repository.ts';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../support/programs/shell-project.ts';
import { bundledScript } from '../support/workflows/scripted-workflow.ts';
import { installedClaude, PRINT } from './agent/programs.ts';
import { ONLY_THE_MODEL } from './agent/real-program.ts';

const suite = suiteFolder();
const claude = await installedClaude(process.env);
if (claude.kind === 'absent') process.stderr.write(`\novernight-cleanup: ${claude.notice}\n`);
const AGENTS = [PRINT, ...(claude.kind === 'absent' ? [] : [claude.agent])];

/** As the README has it. */
const ALLOWED = ['Bash(git add:*)', 'Bash(git commit:*)'].flatMap((rule) => ['--allowed-tools', rule]);

test.each(AGENTS)(
  '$title: one branch and diff for an issue, seen by its reviewer; nothing pushed, and nothing changed that is the user’s own',
  { timeout: 120_000 },
  async ({ kind, path: program }) => {
    const project = new ShellProject(suite, { 'work/app.js': '// TODO: drop\nlet a\n' });
    const cwd = path.join(project.cwd, 'work');
    const git = (...args: string[]) => gitIn(cwd, ...args);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=first');
    git('init', '--quiet', '--bare', '../remote.git');
    git('remote', 'add', 'origin', '../remote.git');
    if (program !== undefined) {
      mkdirSync(path.join(project.cwd, 'bin'));
      symlinkSync(program, path.join(project.cwd, 'bin/claude'));
    }
    await using api = (await FakeMessagesApi.start()).hold();
    const ended = runAndwait({
      argv: [
        'run',
        bundledScript('overnight-cleanup'),
        '--agent',
        kind,
        '--output',
        'json',
        '--quiet',
      ].concat(['--arg', 'kind=stale TODOs', '--arg', 'limit=1', ...ALLOWED]),
      cwd,
      homeDir: project.cwd,
      env: { ...project.env, ...api.env(project.cwd), ...GIT_IDENTITY, ...ONLY_THE_MODEL },
    });
    const over = ended.then(() => undefined);
    for (let n = 1; ; n += 1) {
      const request = await Promise.race([api.request(n), over]);
      if (request === undefined) break;
      request.answer(said(request));
    }

    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { runId, result, calls } = JSON.parse(stdout) as RunResult;
    const commit = git('rev-parse', `andwait/${runId}/3`);
    expect(result).toMatchObject({
      fixed: [
        {
          id: 1,
          branch: expect.stringMatching(/^andwait\/.*\/3$/),
          commit,
          files: ['app.js'],
          review: 'the TODO is gone',
        },
      ],
      notApproved: [],
      refused: [],
      failed: [],
    });
    expect(calls).toMatchObject({ done: 4, denied: 1 });
    expect(git('diff', '--stat', `HEAD...${commit}`)).toContain('app.js | 1 -');
    expect(git('status', '--porcelain')).toBe('');
    expect(git('branch', '--show-current')).toBe('main');
    expect(git('ls-remote', 'origin')).toBe('');
  },
);

/** What the model of an agent says next: a function of its prompt, and of what its tools have answered. */
function said({ prompt, messages }: FakeRequest) {
  const heard = toolResults(messages);
  const answer = (value: JsonObject) => reply().tool('StructuredOutput', value);
  const bash = (command: string) => reply().tool('Bash', { command });
  const last = heard.at(-1) ?? '';
  if (/structured/i.test(last)) return reply().text('done');
  if (prompt.startsWith('Look for')) {
    const issue = { title: 'a stale TODO', file: 'app.js', line: 1, why: 'nobody wants it' };
    return answer({ issues: [issue], knowsOfMore: false });
  }
  if (prompt.startsWith('Somebody claims')) return answer({ real: true, why: 'it is stale' });
  if (prompt.startsWith('Review')) {
    const [, diff = ''] = /`(git diff [^`]+)`/.exec(prompt) ?? [];
    if (heard.length === 0) return bash(diff);
    const sawDiff = last.includes('-// TODO: drop');
    return answer({ sawDiff, approve: sawDiff, why: sawDiff ? 'the TODO is gone' : last });
  }
  const steps = [
    "echo 'let a' > app.js",
    'git add app.js && git commit -q -m "Drop a TODO"',
    'git push origin HEAD:main',
    'git rev-parse --abbrev-ref HEAD',
    'git rev-parse HEAD',
  ];
  const step = steps[heard.length];
  if (step !== undefined) return bash(step);
  const [branch = '', commit = ''] = heard.slice(-2).map((text) => text.trim());
  const facts = { branch, commit, files: ['app.js'], diffStat: ' app.js | 1 -', checked: 'not run' };
  return answer({ fixed: true, why: '', ...facts });
}

function toolResults(messages: readonly JsonObject[]): string[] {
  return messages
    .flatMap(({ content }) => (Array.isArray(content) ? content.filter(isJsonObject) : []))
    .filter(({ type }) => type === 'tool_result')
    .map(({ content }) =>
      Array.isArray(content)
        ? content.map((part) => (isJsonObject(part) ? part['text'] : '')).join('')
        : String(content),
    );
}
