import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsIn, isListening } from '../../support/programs/github-runner.ts';
import { runAndwait } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HOSTILE = '\\n::error::forged\\n##[warning]forged\\n::stop-commands::x\\n';

function script(body: string): string {
  const cwd = temporaryFolder();
  writeFileSync(
    path.join(cwd, 'wf.js'),
    `export const meta = { name: 'audit', description: 'd', phases: [{ title: 'Find' }] }\n${body}`,
  );
  return cwd;
}

const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md', GITHUB_OUTPUT: 'output.txt' };

/** As in a step, but for the runner's files, which are given whole. */
function inStep(cwd: string, ...argv: string[]) {
  const file = (name: string) => path.join(cwd, name);
  const env = {
    ...GITHUB,
    GITHUB_STEP_SUMMARY: file(GITHUB.GITHUB_STEP_SUMMARY),
    GITHUB_OUTPUT: file(GITHUB.GITHUB_OUTPUT),
  };
  return runAndwait({ cwd, env, argv });
}

describe('in GitHub Actions', () => {
  test('no text of a script or an agent is a command; ours are, and those of the rest of the step', async () => {
    const cwd = script(`phase('Find'); log('${HOSTILE}'); await agent('${HOSTILE}'); return '${HOSTILE}'`);
    const { code, stdout, stderr } = await inStep(cwd, 'run', 'wf.js', '--rehearse');
    expect(code).toBe(0);
    expect(commandsIn(stderr)).toEqual(['group::andwait run wf.js', 'endgroup::']);
    expect(commandsIn(stdout)).toEqual([]);
    expect(stdout).toContain('error::forged');
    expect(isListening(stderr)).toBe(true);
    // The summary is outside the group.
    expect(stderr.indexOf('audit completed')).toBeGreaterThan(stderr.indexOf('::endgroup::'));
    const summary = readFileSync(path.join(cwd, 'summary.md'), 'utf8');
    expect(summary).toContain('### audit: completed');
    const output = readFileSync(path.join(cwd, 'output.txt'), 'utf8');
    expect(output).toMatch(
      /^run-id=\S+\nstatus=completed\nagents-failed=0\ncost-usd=0\nresult-file=\/.*result.json\n$/,
    );
  });

  test('a run that fails, or is refused, is an annotation', async () => {
    const failed = await inStep(script(`throw new Error('boom${HOSTILE}')`), 'run', 'wf.js', '--rehearse');
    expect(failed.code).toBe(1);
    expect(commandsIn(failed.stderr)[2]).toMatch(/^error title=audit::failed: boom/);
    const refused = await inStep(script('return ]'), 'run', 'wf.js', '--rehearse');
    expect(refused.code).toBe(2);
    expect(commandsIn(refused.stderr)).toContainEqual(
      expect.stringMatching(/^error title=andwait::.*wf\.js/),
    );
    expect(isListening(refused.stderr)).toBe(true);
  });

  test('not where it is not wanted, and elsewhere where it is', async () => {
    const cwd = script('return 1');
    const without = await inStep(cwd, 'run', 'wf.js', '--rehearse', '--no-github');
    expect(commandsIn(without.stderr)).toEqual([]);
    expect(existsSync(path.join(cwd, 'summary.md'))).toBe(false);
    const elsewhere = await runAndwait({ cwd, argv: ['run', 'wf.js', '--rehearse', '--github'] });
    expect(commandsIn(elsewhere.stderr)).toContain('endgroup::');
  });

  test('a recipe gives commands of its own, unless one wants none', async () => {
    const cwd = temporaryFolder();
    const open = await inStep(cwd, 'exec', '--', 'true');
    expect(open.stderr).not.toContain('::');
    expect(readFileSync(path.join(cwd, 'output.txt'), 'utf8')).toContain('status=completed');
    const guarded = await inStep(cwd, 'exec', '--github', '--', 'true');
    expect(guarded.stderr).toContain('::stop-commands::');
    expect(isListening(guarded.stderr)).toBe(true);
  });
});

describe('files', () => {
  test('of a run: a test case and a line for each call', async () => {
    const cwd = script(`await parallel([() => agent('a'), () => agent('b\\nc')])`);
    const { code } = await runAndwait({
      cwd,
      argv: ['run', 'wf.js', '--rehearse', '--junit', 'j.xml', '--joblog', 'log.tsv'],
    });
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, 'j.xml'), 'utf8')).toContain(
      '<testsuites name="audit" tests="2" failures="0"',
    );
    const [header, first, second] = readFileSync(path.join(cwd, 'log.tsv'), 'utf8').split('\n');
    expect(header).toMatch(/^Seq\tHost\tStarttime/);
    expect(first).toMatch(/^1\t:\t.*\t0\t0\ta$/);
    expect(second?.split('\t')).toHaveLength(9);
  });

  test('of a map', async () => {
    const cwd = temporaryFolder();
    const argv = ['map', '--rehearse', '--junit', 'j.xml', 'check {}'];
    expect((await runAndwait({ cwd, argv, stdin: 'a\nb\n' })).code).toBe(0);
    expect(readFileSync(path.join(cwd, 'j.xml'), 'utf8')).toContain('tests="2"');
  });

  test('that cannot be written are said before anything runs, and an older one does not pass for this run’s', async () => {
    const cwd = script('return 1');
    mkdirSync(path.join(cwd, 'dir'));
    const { code, stderr } = await runAndwait({
      cwd,
      argv: ['run', 'wf.js', '--rehearse', '--junit', 'dir'],
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'andwait: --junit "dir" cannot be written (EISDIR)\n',
    });
    writeFileSync(path.join(cwd, 'j.xml'), '<testsuites/>');
    await runAndwait({ cwd, argv: ['run', 'nowhere.js', '--rehearse', '--junit', 'j.xml'] });
    expect(readFileSync(path.join(cwd, 'j.xml'), 'utf8')).toBe('');
  });
});
