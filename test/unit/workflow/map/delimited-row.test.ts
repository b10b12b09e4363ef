import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CSV, DelimitedRow, type Dialect, TSV } from '../../../../src/workflow/map/delimited-row.ts';

function read(
  text: string,
  dialect: Dialect = CSV,
): { fields: readonly string[]; problem: string | undefined } {
  const row = new DelimitedRow(dialect);
  const lines = text.split('\n');
  lines.forEach((line, at) => {
    expect(row.push(line), `line ${at + 1} of ${JSON.stringify(text)}`).toBe(at === lines.length - 1);
  });
  return { fields: row.fields, problem: row.problem };
}

describe('CSV', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['a,', ['a', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",""', ['say "hi"', '']],
    ['"one\ntwo",x', ['one\ntwo', 'x']],
    ['"\n\n",""""', ['\n\n', '"']],
    ['5" pipe,a "b" c', ['5" pipe', 'a "b" c']],
    [' "a",b', [' "a"', 'b']],
  ])('%j', (text, fields) => {
    expect(read(text)).toEqual({ fields, problem: undefined });
  });

  test('text behind a closing quote is no row', () => {
    expect(read('"a"b,c').problem).toMatch(/^"b" follows the closing quote/);
  });

  test('a quote that is never closed', () => {
    const row = new DelimitedRow(CSV);
    expect(row.push('a,"b')).toBe(false);
    expect(row.problem).toMatch(/never ends/);
  });

  test('whatever is written after RFC 4180 is read back', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '\t') });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const text = fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
        expect(read(text)).toEqual({ fields, problem: undefined });
      }),
    );
  });
});

test('in TSV a quote is a character', () => {
  expect(read('"a\tb"\t\tc, d', TSV)).toEqual({ fields: ['"a', 'b"', '', 'c, d'], problem: undefined });
});
