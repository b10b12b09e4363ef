import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StderrTail } from '../../../../src/agent/process/stderr-tail.ts';

const LIMIT = 8 * 1024;

function tailOf(...chunks: readonly (string | Buffer)[]): string {
  const tail = new StderrTail();
  for (const chunk of chunks) tail.push(Buffer.from(chunk as string));
  return tail.text();
}

test.each([
  ['nothing', [], ''],
  ['a little', ['a', 'b\n'], 'ab\n'],
  ['exactly what is kept', ['x'.repeat(LIMIT)], 'x'.repeat(LIMIT)],
  ['one byte more', ['x'.repeat(LIMIT), 'y'], `…${'x'.repeat(LIMIT - 1)}y`],
  ['much more, at once', ['x'.repeat(LIMIT * 20)], `…${'x'.repeat(LIMIT)}`],
  [
    'much more, in small pieces',
    Array(5000).fill('0123456789'.repeat(10)),
    `…${'0123456789'.repeat(LIMIT).slice(-LIMIT)}`,
  ],
])('%s', (_name, chunks, expected) => {
  expect(tailOf(...(chunks as string[]))).toBe(expected);
});

test('a character that the cut went through is dropped', () => {
  const text = tailOf(`${'😀'.repeat(LIMIT)}x`);
  expect(text).toMatch(/^…(😀)+x$/u);
});

test('reading it does not end it', () => {
  const tail = new StderrTail();
  tail.push(Buffer.from('a'));
  expect(tail.text()).toBe('a');
  tail.push(Buffer.from('b'));
  expect(tail.text()).toBe('ab');
});

test('is the end of whatever was written, however it was cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30_000 }), { maxLength: 6 }),
      (chunks) => {
        const whole = chunks.join('');
        expect(tailOf(...chunks)).toBe(whole.length > LIMIT ? `…${whole.slice(-LIMIT)}` : whole);
      },
    ),
    { numRuns: 30 },
  );
});
