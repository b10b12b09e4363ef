import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlBytes } from '../../../../src/report/page/html.ts';
import { fairCap, fittedText } from '../../../../src/report/page/text-room.ts';

describe('the length at which texts are cut', () => {
  test.each<[string, number[], number, number]>([
    ['all fit', [1, 2, 3], 6, Number.POSITIVE_INFINITY],
    ['none is there', [], 0, Number.POSITIVE_INFINITY],
    ['alike', [100, 100], 100, 50],
    ['what a short one leaves is the long ones’', [10, 500, 500], 210, 100],
    ['no room', [5, 5], -1, 0],
  ])('%s', (_, sizes, room, cap) => expect(fairCap(sizes, room)).toBe(cap));

  test('never gives out more than there is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 1 }), fc.nat(100_000), (sizes, room) => {
        const cap = fairCap(sizes, room);
        const given = sizes.reduce((sum, size) => sum + Math.min(size, cap), 0);
        expect(given).toBeLessThanOrEqual(
          room + (cap === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : 0),
        );
      }),
    );
  });
});

describe('a text', () => {
  test('is whole where it fits', () => {
    expect(fittedText('a<b', 10).text).toBe('a&lt;b');
  });

  test('is cut between characters, and says how much is missing', () => {
    expect(fittedText('<<😀😀', 12).text).toBe('&lt;&lt;😀<u>… 2 more characters</u>');
  });

  test('says so too where its end was not kept', () => {
    expect(fittedText('x'.repeat(10), 100, 2_000).text).toBe(
      `${'x'.repeat(10)}<u>… 1,990 more characters</u>`,
    );
  });

  test('stays within its bytes, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(200), (text, room) => {
        const shown = fittedText(text, room).text.replace(/<u>.*<\/u>$/, '');
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(Math.max(room, 0));
        expect(shown).not.toMatch(/[<>]/);
      }),
    );
    expect(htmlBytes('<<<<<')).toBe(20);
  });
});
