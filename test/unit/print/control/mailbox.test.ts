import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Mailbox } from '../../../../src/print/control/mailbox.ts';

test('what came is handed out in order, also after the end', async () => {
  const box = new Mailbox<number>();
  const { signal } = new AbortController();
  box.put(1);
  box.put(2);
  box.close();
  expect([await box.take(signal), await box.take(signal), await box.take(signal)]).toEqual([1, 2, undefined]);
});

test('a wait ends with what comes, and leaves nothing behind', async () => {
  const box = new Mailbox<number>();
  const { signal } = new AbortController();
  for (let n = 1; n <= 50; n++) {
    const taken = box.take(signal);
    box.put(n);
    expect(await taken).toBe(n);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a wait ends with the end', async () => {
  const box = new Mailbox<number>();
  const taken = box.take(new AbortController().signal);
  box.close();
  expect(await taken).toBeUndefined();
});

test('a wait ends with the program, and nothing more is handed out', async () => {
  const box = new Mailbox<number>();
  const controller = new AbortController();
  const taken = box.take(controller.signal);
  controller.abort(new Error('over'));
  await expect(taken).rejects.toThrow('over');
  box.put(1);
  await expect(box.take(controller.signal)).rejects.toThrow('over');
});
