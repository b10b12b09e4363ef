/** The guide for those who come from GNU parallel promises that flags do the same: both are typed, where parallel is installed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RecipeProject } from '../support/documents/recipe-project.ts';
import { readDocument } from '../support/documents/shown-text.ts';
import { suiteFolder, twoAtOnce } from '../support/programs/shell-project.ts';

const suite = suiteFolder();
const PARALLEL = existsSync('/usr/bin/parallel');
const PAIR = /^\| `(-[^`]*)` \| `(-[^`]*)` \|.*\|$/gm;

const pairs = [...readDocument('docs/guides/from-gnu-parallel.md').matchAll(PAIR)].map(
  ([, parallel = '', map = '']) => [parallel, map] as const,
);
const GOES_ON = /--resume/;

/** As the guide says they are typed; what goes on finds a log of the first line. */
function both(parallel: string, map: string): string {
  const prompt = "'What is {} for?'";
  const pooled = `andwait map --rehearse ${map} --output text ${prompt}`;
  const bare = `PATH="$PWD/../recipes/rehearsal:$PATH" parallel --quote ${parallel} claude -p ${prompt}`;
  const typed = (command: string, folder: string) => `
mkdir ${folder}; cd ${folder}
${GOES_ON.test(map) ? `head -n 1 ../tools.txt | ${command.replace(/ --resume\S*/, '')} >/dev/null 2>&1` : ''}
${command} < ../tools.txt > stdout 2> stderr; echo $? > status
cd ..`;
  return `printf '%s\\n' ls cat tr > tools.txt${typed(pooled, 'map')}${PARALLEL ? typed(bare, 'parallel') : ''}`;
}

describe('flags of GNU parallel', () => {
  test('are paired', () => expect(pairs.length).toBeGreaterThan(9));

  test.concurrent.each(pairs)('%s is %s', async (parallel, map) => {
    const project = new RecipeProject(suite);
    await twoAtOnce.add(() => project.sh(both(parallel, map)));
    const read = (name: string) => readFileSync(path.join(project.cwd, name), 'utf8');
    const answers = (folder: string) => {
      const lines = read(`${folder}/stdout`).split('\n');
      return map.includes('-k') ? lines : lines.sort();
    };
    expect([read('map/status'), read('map/stderr')]).toEqual(['0\n', expect.not.stringContaining('unknown')]);
    expect(answers('map').filter(Boolean)).toHaveLength(GOES_ON.test(map) ? 2 : 3);
    if (!PARALLEL) return;
    expect(read('parallel/status')).toBe('0\n');
    expect(answers('map')).toEqual(answers('parallel'));
    if (!map.includes('--joblog')) return;
    const [header, ...log] = read('map/agents.log').split('\n');
    const [parallelHeader, ...parallelLog] = read('parallel/agents.log').split('\n');
    expect([header, log.length]).toEqual([parallelHeader, parallelLog.length]);
  });
});
