import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { MapProgress } from '../../../../src/cli/map/map-progress.ts';
import { NO_USAGE } from '../../../../src/core/outcome.ts';
import type { RunEvent } from '../../../../src/core/progress.ts';
import { NO_ITEMS } from '../../../../src/workflow/map/item-counts.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function progress({ quiet = false, bar = false } = {}) {
  let text = '';
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const clock = new ManualClock();
  const style = bar ? { bar: true, eta: false } : undefined;
  const shown = new MapProgress({ out, clock, quiet, bar: style, inputBytes: undefined });
  const taken = (): string => {
    const told = text;
    text = '';
    return told;
  };
  return { shown, clock, taken };
}

function failed(call: number, summary = 'no'): RunEvent {
  return {
    type: 'call_settled',
    call,
    label: `item ${call}`,
    end: 'agent-error',
    summary,
    replayed: false,
    usage: NO_USAGE,
    costUsd: null,
    denials: [],
    worktree: undefined,
    durationMs: 1000,
    at: 0,
  };
}

describe('lines', () => {
  test('failures, and nothing for what goes well', () => {
    const { shown, taken } = progress();
    shown.event({ ...failed(1), end: 'reply' } as RunEvent);
    expect(taken()).toBe('');
    shown.event(failed(2, 'a \u001b[2J b'));
    expect(taken()).toBe('failed   #2 item 2: 1.0s; agent-error: a b\n');
    shown.unfit('item 3 is not JSON');
    expect(taken()).toBe('failed   item 3 is not JSON\n');
  });

  test('a hundred failures, then a word that there are more', () => {
    const { shown, taken } = progress();
    for (let call = 1; call <= 500; call++) shown.event(failed(call));
    const lines = taken().trimEnd().split('\n');
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toMatch(/further failures are counted/);
    expect([...shown.findings.failures]).toMatchObject([{ count: 500 }]);
  });

  test('kinds of failure do not fill memory', () => {
    const { shown } = progress({ quiet: true });
    for (let call = 1; call <= 3000; call++) shown.event(failed(call, `message ${call}`));
    expect(shown.findings.failureKinds).toBe(1001);
    expect([...shown.findings.failures].at(-1)).toMatchObject({ message: 'other messages', count: 2000 });
  });

  test('a sign of life a minute', () => {
    const { shown, clock, taken } = progress();
    shown.event({ type: 'call_started', call: 1, at: 0 });
    shown.counted({ ...NO_ITEMS, read: 2, replied: 1 });
    clock.advance(59_999);
    expect(taken()).toBe('');
    clock.advance(1);
    expect(taken()).toBe('waiting  1 running, 1 done, 1m 00s\n');
    clock.advance(60_000);
    expect(taken()).toMatch(/^waiting .*2m 00s\n$/);
    shown.end();
    expect(clock.pending).toEqual([]);
  });

  test('quiet says nothing and sets no timer', () => {
    const { shown, clock, taken } = progress({ quiet: true });
    shown.event(failed(1));
    shown.note('n');
    expect(taken()).toBe('');
    expect(clock.pending).toEqual([]);
  });
});

describe('on a screen', () => {
  test('the line is drawn anew, and goes away in the end', () => {
    const { shown, clock, taken } = progress({ bar: true });
    shown.event({ type: 'call_started', call: 1, at: 0 });
    clock.advance(200);
    expect(taken()).toContain('1 running, 0 done, 0s');
    shown.note('a note');
    expect(taken()).toMatch(/a note[\s\S]*1 running/);
    shown.end();
    expect(taken()).not.toContain('running');
    clock.advance(1000);
    shown.event(failed(1));
    expect(taken()).toBe('');
    expect(clock.pending).toEqual([]);
  });
});
