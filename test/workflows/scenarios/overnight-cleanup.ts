/** Two finders, of whom one repeats the other; an issue of each ending; a limit; a pull request for the one that was approved. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const COMMIT = 'c0ffee'.repeat(7).slice(0, 40);

const issue = (title: string, file: string, line: number): JsonObject => ({ title, file, line, why: 'seen' });

/** By the file that the prompt's last line speaks of. */
const ENDS: Readonly<Record<string, (prompt: string) => JsonObject | null>> = {
  'src/good.js': (prompt) => {
    if (prompt.startsWith('Somebody')) return { real: true, why: 'it is stale' };
    if (prompt.startsWith('Fix')) return fixed('andwait/r-1/5', COMMIT, ['src/good.js', 'src/shared.js']);
    return { sawDiff: true, approve: true, why: 'nothing is wrong with it' };
  },
  'src/worse.js': (prompt) => {
    if (prompt.startsWith('Somebody')) return { real: true, why: 'it is stale' };
    if (prompt.startsWith('Fix')) return fixed('andwait/r-1/6', 'd'.repeat(40), ['./src/shared.js']);
    return { sawDiff: true, approve: false, why: 'it drops a test' };
  },
  'src/unreal.js': () => ({ real: false, why: 'it is no TODO' }),
  'test/lost.js': (prompt) => (prompt.startsWith('Somebody') ? { real: true, why: 'it is stale' } : null),
};

function fixed(branch: string, commit: string, files: string[]): JsonObject {
  const diffStat = ' src/shared.js | 2 +-\n 1 file changed';
  return { fixed: true, why: '', branch, commit, files, diffStat, checked: 'npm test: passed' };
}

export const scenario: Scenario = {
  args: { kind: 'stale TODOs', limit: 4, areas: ['src', 'test'], pullRequests: true },
  git: true,
  answer: (prompt) => {
    if (prompt.startsWith('Look for')) {
      const issues = prompt.includes('"src"')
        ? [
            issue('old TODO', 'src/good.js', 3),
            issue('old TODO', 'src/worse.js', 0),
            issue('old TODO', 'src/unreal.js', 9),
          ]
        : [
            issue('Old: todo', './src/good.js', 4),
            issue('old TODO', 'test/lost.js', 1),
            issue('old TODO', 'test/late.js', 1),
          ];
      return { issues, knowsOfMore: false };
    }
    if (prompt.startsWith('Open one pull request')) {
      return { opened: true, url: 'https://example.org/pull/7', why: '' };
    }
    const file = Object.keys(ENDS).find((name) => prompt.includes(JSON.stringify(name)));
    const end = file === undefined ? undefined : ENDS[file];
    if (end === undefined) throw new Error(`the scenario has no answer to: ${prompt}`);
    return end(prompt);
  },
};
