import { expect, test } from 'vitest';
import { parseScript } from '../../../src/script/parse-script.ts';
import { renamedScript } from '../../../src/script/rename-script.ts';

test.each([
  [`export const meta = { name: 'a', description: 'name: a' }\nreturn { name: 'a' }\n`, `'a'`],
  ["// name: 'a'\nexport const meta = { 'description': 'd', \"name\": `a`, };return 1", '`a`'],
  [`export const meta = { name: 'x', phases: [{ name: 'a' }], description: 'd', name: "a" }\n`, '"a" }'],
])('only the name of %j changes', (text, literal) => {
  const name = 'b "$(x)" \u2028';
  const renamed = renamedScript(text, 'a.js', name);
  expect(parseScript(renamed, 'a.js').meta).toEqual({ ...parseScript(text, 'a.js').meta, name });
  expect(renamed).toBe(
    text.replace(literal, () => literal.replace(/["'`]a["'`]/, () => JSON.stringify(name))),
  );
});
