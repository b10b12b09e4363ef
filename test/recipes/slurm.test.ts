/** The recipe for a cluster, with a stand-in for Slurm that does with arrays of jobs what the real one does. */
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';

const suite = suiteFolder();
const SBATCH = path.resolve(import.meta.dirname, '../support/documents/sbatch.sh');
const NAMES = ['a b.js', `it's "x".js`, '$(touch pwned);`x`.js', '-n.js', 'bad.js', '{#}.js', 'last.js'];

/** Answers with its prompt; fails where that names a `bad` file, as long as there is no file `mended`. */
const ANSWERS = `
prompt=$(cat)
echo asked >> "$ASKED"
case $prompt in *bad*) [ -e mended ] || exit 1 ;; esac
P=$prompt exec node -e 'console.log(JSON.stringify({ type: "result", subtype: "success", is_error: false, result: process.env.P.trim(), session_id: "s" }))'`;

test('slurm-reviews.sh asks about each name once, in jobs of which so many run at a time, and goes on with what failed', async () => {
  const project = new RecipeProject(suite);
  const { cwd } = project;
  const asked = path.join(cwd, 'asked');
  project.agent(ANSWERS.replaceAll('$ASKED', asked));
  copyFileSync(SBATCH, path.join(cwd, 'bin/sbatch'));
  project.write('names.txt', `${NAMES.join('\n')}\n`);
  const submit = `TMPDIR="${cwd}" recipes/slurm-reviews.sh names.txt reviews 3 2`;
  const { code, stdout, stderr } = await project.sh(submit);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Submitted batch job 4711\n', stderr: '' });
  const lines = (file: string): string[] => readFileSync(path.join(cwd, file), 'utf8').trimEnd().split('\n');
  const answered = (): string[] =>
    [0, 1, 2]
      .flatMap((job) => lines(`reviews/${job}.ndjson`))
      .map((line) => JSON.parse(line) as { readonly input: string; readonly outcome: string })
      .filter(({ outcome }) => outcome === 'reply')
      .map(({ input }) => input);
  const good = NAMES.filter((name) => name !== 'bad.js');
  expect(answered().sort()).toEqual([...good].sort());
  expect(lines('jobs').filter((line) => line.startsWith('job'))).toEqual(['job 2 ended with 3']);
  let running = 0;
  const atOnce = lines('jobs').map((line) => {
    running += line.startsWith('start') ? 1 : line.startsWith('end') ? -1 : 0;
    return running;
  });
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(2);
  project.write('mended', '');
  expect((await project.sh(submit)).code).toBe(0);
  expect(answered().sort()).toEqual([...NAMES].sort());
  expect(lines('asked')).toHaveLength(NAMES.length + 1);
}, 60_000);
