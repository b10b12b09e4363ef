/** Scripts cannot import, so what several need stands in each: held to one text, so that a mend in one is seen to be missing in another. */
import { readFileSync } from 'node:fs';
import { parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../support/workflows/bundled.ts';
import { bundledScript } from '../support/workflows/scripted-workflow.ts';

/** Of these each script has its own, on purpose. */
const OWN: Readonly<Record<string, string>> = {
  checkedArgs: 'the arguments of a script, and what it says where they are wrong',
  reportText: 'the report of a script',
  section: 'an entry of that report',
  tamed: 'an agent’s Markdown: one report needs the numbers of its citations, the other no brackets',
  judge: 'the prompt of a step',
  review: 'the prompt of a step',
  take: 'what a step makes of an answer',
  merged: 'what a step makes of an answer',
  endOf: 'how a step ended',
};

const texts = new Map<string, Map<string, string[]>>();
for (const script of BUNDLED)
  for (const { name, text } of functionsOf(readFileSync(bundledScript(script), 'utf8'))) {
    const byText = texts.get(name) ?? new Map<string, string[]>();
    byText.set(text, [...(byText.get(text) ?? []), script]);
    texts.set(name, byText);
  }
const shared = [...texts].filter(([, byText]) => [...byText.values()].flat().length > 1);

/** Those of the script itself, not those inside others. */
function functionsOf(source: string): { readonly name: string; readonly text: string }[] {
  const { body } = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
    allowReturnOutsideFunction: true,
  });
  return body.flatMap((statement) => {
    if (statement.type === 'FunctionDeclaration')
      return [{ name: statement.id.name, text: source.slice(statement.start, statement.end) }];
    if (statement.type !== 'VariableDeclaration') return [];
    return statement.declarations.flatMap(({ id, init, start, end }) =>
      id.type === 'Identifier' && init?.type === 'ArrowFunctionExpression'
        ? [{ name: id.name, text: source.slice(start, end) }]
        : [],
    );
  });
}

describe('a function of one name in several scripts', () => {
  test.each(shared.filter(([name]) => !Object.hasOwn(OWN, name)))('%s is one text', (_name, byText) => {
    expect([...byText.values()]).toHaveLength(1);
  });

  test.each(Object.keys(OWN))('%s differs, as is said here', (name) => {
    expect(texts.get(name)?.size).toBeGreaterThan(1);
  });
});
