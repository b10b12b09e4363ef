/** Two units, one of which is rejected once; the check fails once, is mended, and is clean. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const UNITS = [
  { source: 'src/app.js', target: 'port/app.py' },
  { source: 'src/lib.js', target: 'port/lib.py' },
];

const ANSWERS: readonly (readonly [RegExp, JsonObject])[] = [
  [/^Run these/, { commit: 'c0ffee', changed: [], tracked: [] }],
  [/^List the units/, { units: UNITS, support: ['port/setup.cfg'], more: 0 }],
  [/^Read "src\/app/, read(['src/lib.js'])],
  [/^Read "src\/lib/, read([])],
  [
    /: "src\/lib.js" becomes .*Written in round 1.*line by line/s,
    { agree: false, problems: [{ where: 'line 1', what: 'is left out' }] },
  ],
  [/Review it as it stands/, { agree: true, problems: [] }],
  [/^Write the support files|^One unit of .* Round \d/s, { exports: ['main()'], notes: '' }],
  [
    /^Run this .*State: check 1,/s,
    { ran: true, exitCode: 1, errors: [{ kind: 'test', files: ['port/app.py'], message: 'no' }], more: 0 },
  ],
  [/^Run this/, { ran: true, exitCode: 0, errors: [], more: 0 }],
  [/^Mend/, { changed: ['port/app.py'], notes: '' }],
];

function read(dependsOn: readonly string[]): JsonObject {
  return {
    purpose: 'a unit',
    types: [],
    lifetimes: [],
    exports: ['main()'],
    dependsOn: [...dependsOn],
    risks: [],
  };
}

export const scenario: Scenario = {
  args: { source: 'src', target: 'port', from: 'JavaScript', to: 'Python', check: 'make check' },
  answer(prompt) {
    const found = ANSWERS.find(([pattern]) => pattern.test(prompt));
    if (found === undefined) throw new Error(`no answer for: ${prompt}`);
    return found[1];
  },
};
