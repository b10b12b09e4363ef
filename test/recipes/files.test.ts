/** Recipes that ask `andwait` about files, with names as bad as names can be, and with an agent that fails. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { GIT, RecipeProject } from '../support/documents/recipe-project.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();

/** Answers with its prompt; fails where that names a `bad` file. */
const ANSWERS = `
prompt=$(cat; echo .)
case $prompt in *bad*) echo 'no quota for bad files' >&2; exit 1 ;; esac
P=\${prompt%.} exec node -e 'console.log(JSON.stringify({ type: "result", subtype: "success", is_error: false, result: "did: " + process.env.P.trim(), session_id: "s" }))'`;

function project(files: readonly string[] = []): RecipeProject {
  const made = new RecipeProject(suite);
  made.agent(ANSWERS);
  for (const file of files) made.write(file, 'x\n');
  return made;
}

interface MapRecord {
  readonly input: string;
  readonly outcome: string;
  readonly value: string;
}

describe('review-files.sh', () => {
  const NAMES = ['a b.js', 'it\'s "x".js', '$(touch pwned);`x`\\.js', 'line\nfeed.js', '-n.js', '{#}{}.js'];

  test('asks about each file once, whatever its name', async () => {
    const { sh, cwd } = project(NAMES);
    await sh('git init -q . && git add -- *.js');
    const { code, stdout, stderr } = await sh("recipes/review-files.sh '*.js' ':!recipes' ':!workflows'");
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MapRecord);
    expect(records.map(({ input }) => input)).toEqual([...NAMES].sort());
    for (const { input, value } of records)
      expect(value).toBe(`did: Review the file ${input} for bugs. Be brief.`);
    expect(existsSync(path.join(cwd, 'pwned'))).toBe(false);
  });

  test('is loud about a failed agent, and about a git that failed', async () => {
    const { sh } = project(['a.js', 'bad.js']);
    const outside = await sh("recipes/review-files.sh '*.js'");
    expect(outside.code).not.toBe(0);
    expect(outside.stderr).toContain('not a git repository');
    await sh('git init -q . && git add -- *.js');
    const { code, stdout, stderr } = await sh("recipes/review-files.sh '[ab]*.js'");
    expect(code).toBe(3);
    expect(stderr).toContain('2 items: 1 replied, 1 failed; see `andwait logs ');
    expect(stdout).toContain('no quota for bad files');
    const none = await sh("recipes/review-files.sh '*.rs'");
    expect(none).toMatchObject({
      code: 2,
      stderr: 'review-files: git tracks no file like this here: *.rs\n',
    });
  });
});

describe('Makefile', () => {
  const make = 'make -s -f recipes/Makefile -j2';

  test('asks again about what changed alone, and reports over all', async () => {
    const odd = `src/it's "$HOME" & co.js`.replaceAll(' ', '_');
    const { sh, cwd } = project(['src/a.js', odd]);
    expect(await sh(make)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const review = (file: string) => readFileSync(path.join(cwd, 'reviews', `${file}.md`), 'utf8');
    expect(review(odd)).toContain(`did: Review ${odd} for bugs.`);
    const report = readFileSync(path.join(cwd, 'reviews/report.md'), 'utf8');
    expect(report).toContain(`worst first: reviews/src/a.js.md reviews/${odd}.md`);
    const changed =
      'touch -d "1 hour ago" src/* recipes/*.js reviews/src/*; touch -d "1 minute ago" src/a.js';
    const again = await sh(`${changed}; ${make.replace('-s', '')}`);
    expect(again.stdout.match(/andwait run (\S+)/g)).toEqual([
      'andwait run recipes/review-file.js',
      'andwait run recipes/merge-reviews.js',
    ]);
    expect((await sh(`${make.replace('-s', '')}`)).stdout).toContain('Nothing to be done');
  });

  test('is loud about a failed agent, and leaves no report', async () => {
    const { sh, cwd } = project(['src/a.js', 'src/bad.js']);
    const { code, stderr } = await sh(`${make} -k`);
    expect(code).toBe(2);
    expect(stderr).toContain('the review of src/bad.js failed');
    expect(existsSync(path.join(cwd, 'reviews/src/a.js.md'))).toBe(true);
    expect(existsSync(path.join(cwd, 'reviews/src/bad.js.md'))).toBe(false);
    expect(existsSync(path.join(cwd, 'reviews/report.md'))).toBe(false);
  });

  test('refuses a name that make would cut', async () => {
    const { code, stderr } = await project(['src/a.js', 'src/b c.js']).sh(make);
    expect(code).toBe(2);
    expect(stderr).toContain('a name with a space in it, which make cannot hold: src/b c.js.  Stop.');
  });
});

describe('ci-step.sh', () => {
  test('reviews what a branch changed', async () => {
    const { sh, cwd } = project();
    await sh(`git init -q . && ${GIT} commit -q --allow-empty -m start`);
    writeFileSync(path.join(cwd, 'new.txt'), 'hello\n');
    await sh(`git add new.txt`);
    const { code, stdout, stderr } = await sh('recipes/ci-step.sh HEAD');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Merge these reviews into one');
    expect(JSON.parse(readFileSync(path.join(cwd, 'review.json'), 'utf8'))).toMatchObject({
      status: 'completed',
      calls: { done: 3 },
    });
    writeFileSync(path.join(cwd, 'new.txt'), 'bad\n');
    const failed = await sh('recipes/ci-step.sh HEAD');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('no reviewer answered');
  });

  test('fails where one agent of several does', async () => {
    const made = project();
    made.agent(
      'case $(cat) in *security*) exit 1 ;; esac; echo \'{"type":"result","subtype":"success","is_error":false,"result":"fine","session_id":"s"}\'',
    );
    await made.sh(`git init -q . && ${GIT} commit -q --allow-empty -m start`);
    made.write('new.txt', 'hello\n');
    const { code, stderr } = await made.sh('git add new.txt && recipes/ci-step.sh HEAD');
    expect(code).toBe(3);
    expect(stderr).toContain('review-diff completed with failures');
    expect(stderr).toContain('2 done, 1 failed; see `andwait logs ');
    expect(JSON.parse(readFileSync(path.join(made.cwd, 'review.json'), 'utf8'))).toMatchObject({
      result: 'fine',
    });
  });

  test('is loud about a branch that is not there, and about none', async () => {
    const { sh } = project();
    await sh(`git init -q . && ${GIT} commit -q --allow-empty -m start`);
    const elsewhere = await sh('recipes/ci-step.sh nowhere');
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.stderr).toContain("'nowhere'");
    const { code, stderr } = await sh('recipes/ci-step.sh');
    expect(code).not.toBe(0);
    expect(stderr).toContain('which commit or branch to compare with');
  });
});
