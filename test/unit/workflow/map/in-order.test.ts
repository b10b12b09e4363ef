import { expect, test } from 'vitest';
import { OrderedEmitter } from '../../../../src/workflow/map/in-order.ts';

function emitter(keepOrder: boolean, over: { maxWaiting?: number; maxWaitingSize?: number } = {}) {
  const emitted: string[] = [];
  let release = (): void => {};
  const held: { gate: Promise<void> | undefined } = { gate: undefined };
  const out = new OrderedEmitter<string>({
    keepOrder,
    maxWaiting: 100,
    maxWaitingSize: 1000,
    sizeOf: (text) => text.length,
    ...over,
    emit: async (text) => {
      await held.gate;
      if (text === 'bad') throw new Error('no room');
      emitted.push(text);
    },
  });
  const hold = (): void => {
    held.gate = new Promise((resolve) => {
      release = resolve;
    });
  };
  return { out, emitted, hold, release: () => release() };
}

test('as they come', async () => {
  const { out, emitted } = emitter(false);
  out.add(2, 'c');
  out.add(1, undefined);
  out.add(0, 'a');
  await out.drained();
  expect(emitted).toEqual(['c', 'a']);
});

test('in order, over positions that were given up', async () => {
  const { out, emitted } = emitter(true);
  out.add(3, 'd');
  out.add(1, undefined);
  out.add(2, 'c');
  await out.drained();
  expect(emitted).toEqual([]);
  out.add(0, 'a');
  await out.drained();
  expect(emitted).toEqual(['a', 'c', 'd']);
});

test('is full by number, and tells when there is room', async () => {
  const { out, hold, release } = emitter(false, { maxWaiting: 2 });
  hold();
  out.add(0, 'a');
  expect(out.isFull).toBe(false);
  out.add(1, 'b');
  expect(out.isFull).toBe(true);
  const changed = new Promise<void>((resolve) => out.onChange(resolve));
  release();
  await changed;
  expect(out.isFull).toBe(false);
});

test('is full by size, also of what waits for its turn', () => {
  const { out } = emitter(true, { maxWaitingSize: 10 });
  out.add(1, 'x'.repeat(9));
  expect(out.isFull).toBe(false);
  out.add(2, 'x');
  expect(out.isFull).toBe(true);
});

test('what goes wrong first is kept, and nothing is emitted after it', async () => {
  const { out, emitted } = emitter(false);
  out.add(0, 'bad');
  out.add(1, 'b');
  await expect(out.drained()).rejects.toThrow('no room');
  expect(emitted).toEqual([]);
  expect(out.failure?.message).toBe('no room');
});
