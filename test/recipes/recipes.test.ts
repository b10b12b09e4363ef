/** Recipes that call `andwait`, each as it stands. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecipeProject } from '../support/recipe-project.ts';
import { suiteFolder } from '../support/shell-project.ts';

const suite = suiteFolder();

function project() {
  const project = new RecipeProject(suite);
  return { cwd: project.cwd, run: (command: string) => project.sh(command) };
}

describe('recipes', () => {
  test('nightly.sh is silent when all is well', async () => {
    const { run } = project();
    const { code, stdout, stderr } = await run('recipes/nightly.sh recipes/first.js');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Which of these tools is the oldest?');
  });

  test('nightly.sh is loud when a script fails', async () => {
    const { run } = project();
    const { code, stderr } = await run('recipes/nightly.sh recipes/review-file.js');
    expect(code).toBe(1);
    expect(stderr).toContain('say which file: --arg file=PATH');
  });

  test('Makefile runs one agent per file, and again only for what changed', async () => {
    const { cwd, run } = project();
    mkdirSync(path.join(cwd, 'src'));
    for (const name of ['a', 'b']) writeFileSync(path.join(cwd, `src/${name}.js`), '');
    const first = await run('make -f recipes/Makefile -j2 reviews');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(path.join(cwd, 'reviews/b.md'), 'utf8')).toContain('Review src/b.js for bugs.');
    const again = await run('touch -d "1 hour ago" src/a.js; make -f recipes/Makefile reviews');
    expect(again.stdout).not.toContain('andwait run');
  });

  test('ci-step.sh reviews what a branch changed', async () => {
    const { cwd, run } = project();
    const git = 'git -c user.name=t -c user.email=t@example.org';
    await run(`git init -q . && ${git} commit -q --allow-empty -m start`);
    writeFileSync(path.join(cwd, 'new.txt'), 'hello\n');
    await run(`git add new.txt`);
    const { code, stdout, stderr } = await run('recipes/ci-step.sh HEAD');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Merge these reviews into one');
    expect(JSON.parse(readFileSync(path.join(cwd, 'review.json'), 'utf8'))).toMatchObject({
      status: 'completed',
      calls: { done: 3 },
    });
  });
});
