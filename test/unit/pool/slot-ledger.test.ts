import { describe, expect, test } from 'vitest';
import { SlotLedger } from '../../../src/pool/slot-ledger.ts';

const CLIENT = { pid: 10, startTicks: '1' };
const AGENT = { pid: 20, startTicks: '2' };

function owner(leaseId: string, lender?: string) {
  return { leaseId, runId: 'r', call: 1, label: 'l', client: CLIENT, lender };
}

function ledgerWith(leaseId = 'a'): SlotLedger {
  const ledger = new SlotLedger();
  ledger.add(owner(leaseId), 'held');
  return ledger;
}

describe('when a slot is free', () => {
  test('not while its call runs, whatever its agent does', () => {
    const ledger = ledgerWith();
    ledger.attached('a');
    ledger.runs('a', AGENT);
    ledger.detached('a');
    ledger.agentIsGone('a');
    expect(ledger.isFree('a')).toBe(false);
  });

  test('at once when it is over and never had an agent', () => {
    const ledger = ledgerWith();
    ledger.end('a', 'over');
    expect(ledger.isFree('a')).toBe(true);
  });

  test('only when the inherited connection has closed', () => {
    const ledger = ledgerWith();
    ledger.attached('a');
    ledger.end('a', 'over');
    expect(ledger.isFree('a')).toBe(false);
    ledger.detached('a');
    expect(ledger.isFree('a')).toBe(true);
  });

  test('only when its agent was seen not to live: an agent that closes its connection early gains nothing', () => {
    const ledger = ledgerWith();
    ledger.attached('a');
    ledger.runs('a', AGENT);
    ledger.detached('a');
    ledger.end('a', 'over');
    expect(ledger.isFree('a')).toBe(false);
    expect(ledger.needsLook('a')).toBe(true);
    ledger.agentIsGone('a');
    expect(ledger.isFree('a')).toBe(true);
  });

  test('whose connection went away unsettled: not before somebody looked for an agent', () => {
    const ledger = ledgerWith();
    ledger.end('a', 'gone');
    expect(ledger.isFree('a')).toBe(false);
    expect(ledger.needsLook('a')).toBe(true);
    ledger.agentIsGone('a');
    expect(ledger.isFree('a')).toBe(true);
  });

  test('a daemon that keeps the connection of an agent that is gone is told apart', () => {
    const ledger = ledgerWith();
    ledger.attached('a');
    ledger.runs('a', AGENT);
    ledger.end('a', 'over');
    expect(ledger.isKept('a')).toBe(false);
    ledger.agentIsGone('a');
    expect(ledger.isKept('a')).toBe(true);
    expect(ledger.isFree('a')).toBe(false);
  });

  test('the first end counts', () => {
    const ledger = ledgerWith();
    ledger.end('a', 'over');
    ledger.end('a', 'gone');
    expect(ledger.get('a')?.control).toBe('over');
  });
});

describe('lending', () => {
  test('to one at a time; what is lent is not taken twice', () => {
    const ledger = ledgerWith('parent');
    ledger.add(owner('child', 'parent'), 'held');
    expect([ledger.taken, ledger.lent]).toEqual([1, 1]);
    expect(ledger.canLend('parent')).toBe(false);
    expect(() => ledger.add(owner('second', 'parent'), 'held')).toThrow('cannot be lent');
  });

  test('on and on: the borrower lends what it borrowed', () => {
    const ledger = ledgerWith('parent');
    ledger.add(owner('child', 'parent'), 'held');
    ledger.add(owner('grandchild', 'child'), 'held');
    expect([ledger.taken, ledger.lent]).toEqual([1, 2]);
  });

  test('a lender that is over is free only when its borrower is', () => {
    const ledger = ledgerWith('parent');
    ledger.add(owner('child', 'parent'), 'held');
    ledger.end('parent', 'over');
    expect(ledger.isFree('parent')).toBe(false);
    expect(ledger.canLend('parent')).toBe(false);
    ledger.end('child', 'over');
    expect(ledger.remove('child')).toBe('parent');
    expect(ledger.isFree('parent')).toBe(true);
    expect([ledger.taken, ledger.lent]).toEqual([1, 0]);
  });

  test('nobody borrows from whom nobody knows', () => {
    expect(new SlotLedger().canLend('x')).toBe(false);
    expect(() => new SlotLedger().add(owner('child', 'x'), 'held')).toThrow('cannot be lent');
  });
});

test('a lease is given out once', () => {
  expect(() => ledgerWith().add(owner('a'), 'held')).toThrow('twice');
});

test('after a crash: unclaimed until its client is back', () => {
  const ledger = new SlotLedger();
  ledger.add(owner('a'), 'unclaimed', AGENT);
  expect(ledger.needsLook('a')).toBe(true);
  ledger.claim('a', CLIENT);
  expect(ledger.needsLook('a')).toBe(false);
  expect(ledger.isFree('a')).toBe(false);
});
