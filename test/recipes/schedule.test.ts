/** Recipes that run by the clock: silent when all is well, loud when not, never two at once, and gone on with after a crash. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runIds } from '../../src/journal/find-run.ts';
import { readCrontab } from '../support/documents/crontab.ts';
import { GIT, RecipeProject } from '../support/documents/recipe-project.ts';
import { readDocument } from '../support/documents/shown-text.ts';
import { until } from '../support/looking.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();
const SILENT = { code: 0, stdout: '', stderr: '' };

describe('nightly.sh', () => {
  const nightly = 'recipes/nightly.sh recipes/first.js night';

  test('says nothing when all is well, and keeps the result', async () => {
    const { cwd, sh } = new RecipeProject(suite);
    expect(await sh(nightly)).toMatchObject(SILENT);
    expect(readFileSync(path.join(cwd, 'night/result'), 'utf8')).toContain(
      'Which of these tools is the oldest?',
    );
    // Neither the pool nor anybody else was left with the lock.
    expect(await sh(nightly)).toMatchObject(SILENT);
  });

  test('says what failed, and keeps the last good result', async () => {
    const { cwd, sh } = new RecipeProject(suite);
    await sh('mkdir night && echo good > night/result');
    const { code, stdout, stderr } = await sh('recipes/nightly.sh recipes/review-file.js night');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^nightly: recipes\/review-file.js ended with 1:\n/);
    expect(stderr).toContain('say which file: --arg file=PATH');
    expect(readFileSync(path.join(cwd, 'night/result'), 'utf8')).toBe('good\n');
  });

  test('says so when agents failed', async () => {
    const project = new RecipeProject(suite);
    project.agent('exit 1');
    const { code, stderr } = await project.sh(nightly);
    expect(code).toBe(3);
    expect(stderr).toContain('nightly: recipes/first.js ended with 3');
    expect(stderr).toContain('completed with failures');
  });

  test('says so where the last one still runs', async () => {
    const project = new RecipeProject(suite);
    const { code, stderr } = await project.sh(`mkdir night; (flock 8; ${nightly}) 8> night/lock`);
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: 'nightly: recipes/first.js still runs since last time (lock: night/lock)\n',
    });
    expect(runIds(project.state)).toEqual([]);
  });

  test('goes on with a night that was killed: no finished agent is asked again', async () => {
    const project = new RecipeProject(suite);
    // The last agent kills, without a word, the program that it works for.
    project.agent(`
prompt=$(cat)
echo "$prompt" | head -n 1 >> asked
case $prompt in Which*)
  if [ ! -e killed ]; then
    touch killed
    above=$PPID
    until tr '\\0' ' ' < /proc/$above/cmdline | grep -q 'andwait.js run'; do
      above=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$above/status)
    done
    kill -9 "$above"
    exit 1
  fi
esac
echo '{"type":"result","subtype":"success","is_error":false,"result":"said","session_id":"s"}'`);
    const killed = await project.sh(nightly);
    expect(killed.code).toBe(137);
    expect(killed.stderr).toContain('nightly: recipes/first.js ended with 137');
    // The pool may be about to end the agents of the killed one; a night comes later than that.
    await until(async () => (await project.sh('andwait list --status unfinished')).stdout.includes('first'));
    expect(await project.sh(nightly)).toMatchObject(SILENT);
    expect(readFileSync(path.join(project.cwd, 'night/result'), 'utf8')).toBe('said\n');
    const asked = readFileSync(path.join(project.cwd, 'asked'), 'utf8').trimEnd().split('\n').sort();
    expect(asked).toEqual([
      'What is cat for? One line.',
      'What is ls for? One line.',
      'What is tr for? One line.',
      'Which of these tools is the oldest?',
      'Which of these tools is the oldest?',
    ]);
    expect(runIds(project.state)).toHaveLength(1);
    // The night after begins anew.
    expect(await project.sh(nightly)).toMatchObject(SILENT);
    expect(runIds(project.state)).toHaveLength(2);
  });
});

/** What cron gives to a job, with the agent and andwait first in the PATH that the crontab asks for. */
function cronEnvironment(project: RecipeProject, searchPath: string) {
  return { SHELL: '/bin/sh', LOGNAME: 'user', PATH: `${path.join(project.cwd, 'bin')}:${searchPath}` };
}

describe('crontabs', () => {
  test('nightly.crontab: its job, where cron runs it', async () => {
    const { assignments, commands } = readCrontab(readDocument('recipes/nightly.crontab'));
    const project = new RecipeProject(suite);
    await project.sh('mkdir project && mv recipes project/');
    const { PATH = '' } = assignments;
    expect(assignments['MAILTO']).toBeDefined();
    expect(commands).toHaveLength(1);
    const [job = ''] = commands;
    expect(await project.sh(job, cronEnvironment(project, PATH))).toMatchObject(SILENT);
    expect(existsSync(path.join(project.cwd, '.local/state/nightly/result'))).toBe(true);
    // PATH without any of ours: what is missing is said, and mailed.
    const { code, stderr } = await project.sh(job, { PATH: '/usr/bin:/bin' });
    expect(code).toBe(127);
    expect(stderr).toContain('andwait: not found');
  });

  test.each(['bare', 'pooled'])('legacy.crontab: its job, %s', async (how) => {
    const { assignments, commands } = readCrontab(readDocument('recipes/legacy.crontab'));
    const project = new RecipeProject(suite);
    project.agentLike('plain-claude');
    await project.sh(
      `git init -q project && cd project && ${GIT} commit -qm one --allow-empty && ${GIT} commit -qm two --allow-empty`,
    );
    const { stdout: printed } = await project.sh('andwait shellenv cron');
    const { PATH: given = '' } = assignments;
    const pooled = { PATH: printed.trimEnd().slice('PATH='.length) };
    const env = { ...cronEnvironment(project, given), ...(how === 'pooled' ? pooled : {}) };
    expect(commands).toHaveLength(1);
    const [job = ''] = commands;
    expect(await project.sh(job, env)).toMatchObject(SILENT);
    const changes = path.join(project.cwd, 'project/CHANGES.md');
    expect(readFileSync(changes, 'utf8')).toBe('did: What changed yesterday, for people? (2 lines read)\n');
    const standing = runIds(project.state).filter((id) => id.endsWith('-standing'));
    expect(standing).toHaveLength(how === 'bare' ? 0 : 1);
    if (how === 'pooled') return;
    project.agent('echo "no quota" >&2; exit 1');
    expect(await project.sh(job, env)).toMatchObject({ code: 1, stderr: 'no quota\n' });
    expect(readFileSync(changes, 'utf8')).toContain('did:');
  });

  test.each([
    ['no line feed at the end', '1 2 * * * a'],
    ['a percent sign', '1 2 * * * date +%F\n'],
    ['no job', '1 2 * * nonsense\n'],
  ])('the reader refuses %s', (_name, text) => expect(() => readCrontab(text)).toThrow());
});

describe('systemd units', () => {
  const UNITS = ['andwait-pool.service', 'andwait-nightly.service', 'andwait-nightly.timer'];
  const ANALYZE = '/usr/bin/systemd-analyze';

  test('are sections of settings', () => {
    for (const unit of UNITS) {
      const lines = readDocument(`recipes/${unit}`).split('\n');
      expect(lines.filter((line) => !/^(#.*|\[[A-Z]\w+\]|[A-Z]\w+=.*|)$/.test(line))).toEqual([]);
    }
  });

  test.skipIf(!existsSync(ANALYZE))('stand before systemd’s own eyes', async () => {
    const { sh } = new RecipeProject(suite);
    const units = UNITS.map((unit) => `recipes/${unit}`).join(' ');
    const { code, stdout, stderr } = await sh(`XDG_RUNTIME_DIR=$HOME ${ANALYZE} verify --user ${units}`);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('the service’s command, in its folder', async () => {
    const project = new RecipeProject(suite);
    await project.sh('mkdir project && mv recipes project/');
    const unit = readDocument('recipes/andwait-nightly.service').replaceAll('%h', project.cwd);
    const [, folder] = /^WorkingDirectory=(.*)$/m.exec(unit) ?? [];
    const [, command] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    const [, searchPath = ''] = /^Environment=PATH=(.*)$/m.exec(unit) ?? [];
    const ended = await project.sh(`cd ${folder} && ${command}`, cronEnvironment(project, searchPath));
    expect(ended).toMatchObject(SILENT);
  });
});
