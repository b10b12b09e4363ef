/** Two lenses and two dry rounds: one bug is proved, one confirmed only, one refuted, and the same bug is reported twice. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

export const scenario: Scenario = {
  args: { target: 'src/', lenses: 'boundaries,errors', rounds: 4, howToTest: 'node --test' },
  files: { 'src/sum.js': 'export const mean = (all) => all.reduce((a, b) => a + b, 0) / all.length\n' },
  git: true,
  answer(prompt) {
    if (prompt.startsWith('Hunt for bugs'))
      return prompt.includes('(round 1)') ? hunting(prompt) : { bugs: [] };
    if (prompt.startsWith('Write one small test')) return proof(prompt);
    if (prompt.startsWith('Somebody claims')) return checking();
    return { real: !prompt.includes('Overflow'), why: 'Read line 1.' };
  },
};

function hunting(prompt: string): JsonObject {
  const empty = bug('The mean of nothing is NaN', 'mean', 'high');
  return prompt.includes('at and beyond the edges')
    ? { bugs: [empty, bug('Overflow of the sum', 'sum', 'low')] }
    : {
        bugs: [
          { ...empty, title: 'Divides by zero' },
          { ...bug('Strings are joined', 'mean', 'medium'), kind: 'contract' },
        ],
      };
}

function bug(title: string, symbol: string, severity: string): JsonObject {
  return {
    title,
    file: './src/sum.js',
    line: 1,
    symbol,
    kind: 'boundary',
    severity,
    failure: `${title}, not a number or an error`,
  };
}

function proof(prompt: string): JsonObject {
  const proved = prompt.includes('NaN');
  return {
    proved,
    testFile: proved ? 'test/sum.test.js' : 'none',
    testCode: proved ? 'test("mean of nothing", () => assert.throws(() => mean([])))\n' : '',
    output: proved ? 'not ok 1 - mean of nothing' : '',
    why: proved ? 'It returned NaN.' : 'The test passed.',
  };
}

function checking(): JsonObject {
  return {
    harmless: true,
    fails: true,
    forTheSaidReason: true,
    output: 'not ok 1',
    why: 'It fails with NaN.',
  };
}
