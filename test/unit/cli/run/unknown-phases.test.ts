import { expect, test } from 'vitest';
import { tellUnknownPhases } from '../../../../src/cli/run/unknown-phases.ts';
import type { Program } from '../../../../src/core/program.ts';
import { parseScript } from '../../../../src/script/parse-script.ts';

function told(
  modelFor: Readonly<Record<string, string>>,
  phases = "[{ title: 'Find' }, { title: 'Verify' }]",
) {
  let stderr = '';
  const text = `export const meta = { name: 'x', description: 'x', phases: ${phases} }\nphase('Later')\n`;
  const write = (line: string) => {
    stderr += line;
  };
  tellUnknownPhases(modelFor, { script: parseScript(text, 'x.js'), text }, {
    stderr: { write },
  } as unknown as Program);
  return stderr;
}

test.each([
  ['one that is declared', { Find: 'haiku' }],
  ['one that the body begins', { Later: 'haiku' }],
  ['none', {}],
])('%s is let pass', (_name, modelFor) => expect(told(modelFor)).toBe(''));

test('a part of a title is none', () => {
  expect(told({ Find: 'haiku', Fin: 'haiku' })).toBe(
    'andwait: --model-for Fin=haiku: the script names no such phase (it declares Find, Verify)\n',
  );
});

test('a script without phases, and a name that would steer the terminal', () => {
  expect(told({ 'A\u001b[31m': 'haiku' }, '[]')).toBe(
    'andwait: --model-for A=haiku: the script names no such phase (it declares none)\n',
  );
});
