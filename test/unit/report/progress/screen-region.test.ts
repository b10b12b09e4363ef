import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScreenRegion } from '../../../../src/report/progress/screen-region.ts';
import { VirtualScreen } from '../virtual-screen.ts';

const SIZE = { rows: 6, columns: 20 };

function setUp() {
  const region = new ScreenRegion();
  const screen = new VirtualScreen(SIZE);
  const draw = (above: readonly string[], frame: readonly string[]): string => {
    const written = region.draw(above, frame, SIZE);
    screen.write(written);
    return written;
  };
  return { screen, draw };
}

describe('the frame', () => {
  test.each([
    ['stays as it is', ['a', 'b'], ['a', 'b']],
    ['changes a line', ['a', 'bbb'], ['a', 'c']],
    ['grows', ['a'], ['a', 'b', 'c']],
    ['shrinks', ['a', 'b', 'c'], ['x']],
    ['vanishes', ['a', 'b'], []],
    ['fills the screen', ['a'], ['1', '2', '3', '4', '5']],
  ])('%s', (_name, first, second) => {
    const { screen, draw } = setUp();
    draw([], first);
    draw([], second);
    expect(screen.all()).toEqual(second);
    expect(screen.cursor).toEqual({ row: second.length, column: 0 });
  });

  test('writes nothing when nothing changed', () => {
    const { draw } = setUp();
    draw([], ['a', 'b']);
    expect(draw([], ['a', 'b'])).toBe('');
  });

  test('writes only the lines that changed', () => {
    const { draw } = setUp();
    draw([], ['first', 'second', 'third']);
    const written = draw([], ['first', 'SECOND', 'third']);
    expect(written).toContain('SECOND');
    expect(written).not.toMatch(/first|third/);
  });

  test.each([
    ['in the first frame', [], []],
    ['in a frame that changes', [], ['y', 'next']],
    ['in a frame below new lines', ['above'], ['y', 'next']],
  ])('a line the terminal finds too wide takes one row all the same: %s', (_name, above, before) => {
    const { screen, draw } = setUp();
    draw([], before);
    draw(above, ['x'.repeat(30), 'next']);
    expect(screen.shown()).toEqual([...above, 'x'.repeat(20), 'next']);
    expect(screen.wraps).toBe(true);
  });

  test('what the terminal echoes in the resting row goes with the next frame', () => {
    const { screen, draw } = setUp();
    draw([], ['a']);
    screen.write('^C');
    draw([], ['b']);
    expect(screen.all()).toEqual(['b']);
  });
});

describe('lines above', () => {
  test('stay, in order, and the frame follows', () => {
    const { screen, draw } = setUp();
    draw(['one'], ['frame 1']);
    draw(['two', 'three'], ['frame 2', 'more']);
    expect(screen.all()).toEqual(['one', 'two', 'three', 'frame 2', 'more']);
  });

  test('more than a screenful: none is lost', () => {
    const { screen, draw } = setUp();
    const lines = Array.from({ length: 50 }, (_, at) => `line ${at}`);
    draw([], ['frame']);
    draw(lines, ['frame']);
    expect(screen.all()).toEqual([...lines, 'frame']);
  });

  test('a long one wraps and is whole', () => {
    const { screen, draw } = setUp();
    draw([], ['frame', 'of three', 'lines']);
    draw(['x'.repeat(25)], ['frame']);
    expect(screen.all()).toEqual(['x'.repeat(20), 'x'.repeat(5), 'frame']);
  });
});

test('never clears the screen as a whole: tmux would keep a copy of each frame in its history', () => {
  const { draw } = setUp();
  draw([], ['1', '2', '3', '4', '5']);
  expect(draw(['above'], ['1'])).not.toMatch(/\x1b\[\d*J/);
});

test('after narrowing it goes up by the rows that the old lines now take', () => {
  const region = new ScreenRegion();
  region.draw([], ['x'.repeat(18), 'short', 'y'.repeat(11)], SIZE);
  const written = region.draw([], ['a', 'b', 'c'], { rows: 6, columns: 10 });
  expect(written.split('\x1b[1A')).toHaveLength(1 + 2 + 1 + 2);
});

test('after widening it goes up by as many rows as before', () => {
  const region = new ScreenRegion();
  region.draw([], ['x'.repeat(18), 'short'], SIZE);
  expect(region.draw([], ['a', 'b'], { rows: 6, columns: 40 })).toContain('\x1b[2A');
});

test('whatever is drawn, in whatever order, the screen shows all lines above and then the last frame', () => {
  const line = fc
    .string({ unit: fc.constantFrom('a', 'b', ' b'), minLength: 1, maxLength: 9 })
    .map((text) => `.${text}.`);
  const step = fc.record({
    above: fc.array(line, { maxLength: 9 }),
    frame: fc.array(line, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const { screen, draw } = setUp();
      for (const { above, frame } of steps) draw(above, frame);
      expect(screen.all()).toEqual([...steps.flatMap(({ above }) => above), ...(steps.at(-1)?.frame ?? [])]);
    }),
  );
});
