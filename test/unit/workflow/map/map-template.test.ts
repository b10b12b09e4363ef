import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/core/json.ts';
import type { MapItem } from '../../../../src/workflow/map/map-item.ts';
import { MapTemplate } from '../../../../src/workflow/map/map-template.ts';

function line(text: string): MapItem {
  return { seq: 7, text, input: text, fields: undefined, problem: undefined };
}

function record(values: Readonly<Record<string, Json>>): MapItem {
  const fields = { names: Object.keys(values), get: (name: string) => values[name] };
  return { ...line(JSON.stringify(values)), fields };
}

function promptOf(template: string, item: MapItem): string {
  const rendered = MapTemplate.parse(template, item.fields !== undefined).render(item);
  if (rendered.kind === 'problem') throw new Error(rendered.message);
  return rendered.prompt;
}

describe('of a line', () => {
  test.each([
    ['Review {} for bugs', 'Review a.c for bugs'],
    ['{#}: {} and {} again', '7: a.c and a.c again'],
    // Without names a word in braces is text, as in GNU parallel.
    ['Review {} as {json} in {name}', 'Review a.c as {json} in {name}'],
    ['{"a": {}, "b": {"c": 1}}', '{"a": a.c, "b": {"c": 1}}'],
    ['keep {{}} and {{#}}, put {}', 'keep {} and {#}, put a.c'],
    ['{{name}} of {}', '{{name}} of a.c'],
    ['Translate:', 'Translate: a.c'],
    ['keep {{}}', 'keep {} a.c'],
    ['', 'a.c'],
    ['number {#}', 'number 7'],
  ])('%j', (template, prompt) => {
    expect(promptOf(template, line('a.c'))).toBe(prompt);
  });

  test.each(['$(touch x) `id` "q" \\n', '{} {#} {name}', '$& $1 %s', '\u0000\u2028'])(
    'what an item holds is put in as it is: %j',
    (text) => {
      expect(promptOf('<{}>', line(text))).toBe(`<${text}>`);
    },
  );
});

describe('of a record', () => {
  test.each([
    ['{name} is {age}', 'Ann is 4'],
    ['{tags} {none}', '["a",1] null'],
    ['{First Name}, {#}', 'Ann B, 7'],
    ['keep {{name}}, put {name}', 'keep {name}, put Ann'],
    ['if (x) { return {name} }', 'if (x) { return Ann }'],
  ])('%j', (template, prompt) => {
    const item = record({ name: 'Ann', age: 4, tags: ['a', 1], none: null, 'First Name': 'Ann B' });
    expect(promptOf(template, item)).toBe(prompt);
  });

  test('{} is the record as it was written', () => {
    expect(promptOf('Look', record({ a: 1 }))).toBe('Look {"a":1}');
  });

  test('a missing field names the item and the fields there are', () => {
    const rendered = MapTemplate.parse('{nmae}', true).render(record({ name: 'x', age: 1 }));
    expect(rendered).toEqual({
      kind: 'problem',
      message: 'item 7 has no field "nmae"; its fields are name, age',
    });
  });

  test('a record of a thousand fields names some of them', () => {
    const values = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]));
    const rendered = MapTemplate.parse('{x}', true).render(record(values));
    expect(rendered).toMatchObject({ message: expect.stringMatching(/f19 and 980 more$/) as string });
  });
});
