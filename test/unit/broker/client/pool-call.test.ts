import { expect, test } from 'vitest';
import { type CallNotice, PoolCall } from '../../../../src/broker/client/pool-call.ts';
import type { OpenCall } from '../../../../src/wire/pool/pool-message.ts';

const ASKED = { call: 1, repeatable: true } as Omit<OpenCall, 'state' | 'leaseId' | 'agent' | 'stop'>;

/** A grant and the refusal that ends its map come in one breath: the abort falls between any two steps of the grant's way. */
test.each([0, 1, 2, 3, 4, 5])(
  'aborted %i microtasks after its grant, it is had or given back',
  async (steps) => {
    const told: CallNotice['type'][] = [];
    const call = new PoolCall(ASKED, {
      place: () => ({ socketPath: '', token: '' }),
      tell: ({ type }) => void told.push(type),
      settle: () => Promise.resolve('settled'),
      forget: () => {},
    });
    const abort = new AbortController();
    const placed = call.place(abort.signal).then(
      ({ kind }) => kind,
      (reason: Error) => reason.message,
    );
    call.deliver({ type: 'granted', runId: 'r', call: 1, leaseId: 'l', budgetUsd: undefined });
    for (let step = 0; step < steps; step += 1) await undefined;
    abort.abort(new Error('enough'));
    const end = await Promise.race([placed, new Promise((resolve) => setImmediate(resolve, 'neither'))]);
    expect([end, ...told]).toEqual(end === 'leased' ? ['leased'] : ['enough', 'release']);
  },
);
