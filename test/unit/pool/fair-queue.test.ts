import PQueue from 'p-queue';
import { describe, expect, test } from 'vitest';
import { type FairOptions, FairQueue } from '../../../src/pool/fair-queue.ts';

/** Everything waits; then one after the other goes. */
function order(waiting: readonly (FairOptions & { readonly name: string })[]): string[] {
  const queue = new FairQueue();
  const served: string[] = [];
  for (const { name, ...options } of waiting) queue.enqueue(async () => served.push(name), options);
  for (let run = queue.dequeue(); run; run = queue.dequeue()) void run();
  return served;
}

describe('who goes next', () => {
  test('runs take turns, and within a run they come in order', () => {
    const waiting = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => ({ name, group: name.slice(0, 1) }));
    expect(order(waiting)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  test('one call behind a thousand of another run waits for one of them', () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ name: `many-${at}`, group: 'many' }));
    expect(order([...many, { name: 'hook', group: 'hook' }]).indexOf('hook')).toBe(1);
  });

  test('one that was served before goes ahead of its own run, and of no other', () => {
    const waiting = [
      { name: 'b1', group: 'b' },
      { name: 'a1', group: 'a' },
      { name: 'a2', group: 'a' },
      { name: 'again', group: 'a', ahead: true },
    ];
    expect(order(waiting)).toEqual(['b1', 'again', 'a1', 'a2']);
  });

  test('a higher priority goes first, whoever came before', () => {
    const waiting = [
      { name: 'early', group: 'a' },
      { name: 'session', group: 'a', priority: 1 },
      { name: 'late', group: 'b' },
    ];
    expect(order(waiting)).toEqual(['session', 'early', 'late']);
  });

  test('what is removed does not come, and its run keeps no turn', () => {
    const queue = new FairQueue();
    const served: string[] = [];
    const add = (id: string, group: string): void =>
      queue.enqueue(async () => served.push(id), { id, group });
    add('a1', 'a');
    add('b1', 'b');
    queue.remove('a1');
    queue.remove('nobody');
    add('a2', 'a');
    expect(queue.size).toBe(2);
    for (let run = queue.dequeue(); run; run = queue.dequeue()) void run();
    expect(served).toEqual(['b1', 'a2']);
    expect(queue.size).toBe(0);
  });

  test('a changed priority counts', () => {
    const queue = new FairQueue();
    const served: string[] = [];
    for (const id of ['a', 'b']) queue.enqueue(async () => served.push(id), { id });
    queue.setPriority('b', 1);
    expect(queue.filter({ priority: 1 })).toHaveLength(1);
    void queue.dequeue()?.();
    expect(served).toEqual(['b']);
    expect(() => queue.setPriority('nobody', 1)).toThrow('nobody');
  });
});

test('p-queue with it: an abort while waiting takes it out, and the next goes', async () => {
  const queue = new PQueue<FairQueue, FairOptions & { signal?: AbortSignal }>({
    concurrency: 1,
    queueClass: FairQueue,
  });
  let free = (): void => {};
  const first = queue.add(
    () =>
      new Promise<void>((resolve) => {
        free = resolve;
      }),
  );
  const abort = new AbortController();
  const second = queue.add(async () => 'second', { signal: abort.signal });
  const third = queue.add(async () => 'third');
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  free();
  await first;
  expect(await third).toBe('third');
});
