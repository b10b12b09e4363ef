/** What counts as silence of an agent, and what explains it. */
import { describe, expect, test } from 'vitest';
import { SilenceLimit } from '../../../../src/agent/process/silence-limit.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const LIMIT_MS = 1000;

function limited(limitMs: number | null = LIMIT_MS) {
  const clock = new ManualClock();
  let silences = 0;
  const silent = (): void => {
    silences += 1;
  };
  const limit = new SilenceLimit({ limitMs, clock, silent });
  const says = (event: object): void => limit.heard({ kind: 'event', event: event as never });
  return { clock, limit, says, silences: () => silences };
}

const uses = (id: string, more: object = {}) => ({
  type: 'assistant',
  message: {
    content: [
      { type: 'text', text: 'so' },
      { type: 'tool_use', id, name: 'Bash', input: {} },
    ],
  },
  ...more,
});
const returns = (id: string) => ({
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] },
});

test('counts from the start, anew with each line, once', () => {
  const { clock, limit, says, silences } = limited();
  clock.advance(LIMIT_MS - 1);
  says({ type: 'system', subtype: 'init' });
  clock.advance(LIMIT_MS - 1);
  limit.heard({ kind: 'malformed', bytes: 3, start: 'hm.' });
  clock.advance(LIMIT_MS - 1);
  limit.heardBytes();
  clock.advance(LIMIT_MS - 1);
  expect(silences()).toBe(0);
  clock.advance(1);
  expect(silences()).toBe(1);
  says({ type: 'anything' });
  expect(clock.pending).toEqual([]);
});

describe('it is not counted', () => {
  test('while a tool runs, or one of several', () => {
    const { clock, says, silences } = limited();
    says(uses('t1'));
    says(uses('t2', { parent_tool_use_id: 't1' }));
    clock.advance(LIMIT_MS * 50);
    says(returns('t2'));
    clock.advance(LIMIT_MS * 50);
    expect(silences()).toBe(0);
    says(returns('t1'));
    clock.advance(LIMIT_MS);
    expect(silences()).toBe(1);
  });

  test('while background commands run', () => {
    const { clock, says, silences } = limited();
    says({ type: 'system', subtype: 'background_tasks_changed', tasks: [{ task_id: 'b1' }] });
    clock.advance(LIMIT_MS * 50);
    says({ type: 'system', subtype: 'background_tasks_changed', tasks: [] });
    expect(silences()).toBe(0);
    clock.advance(LIMIT_MS);
    expect(silences()).toBe(1);
  });

  test('while it waits as its API asked it to', () => {
    const { clock, says, silences } = limited();
    says({ type: 'system', subtype: 'api_retry', retry_delay_ms: 9000 });
    clock.advance(9000 + LIMIT_MS - 1);
    expect(silences()).toBe(0);
    clock.advance(1);
    expect(silences()).toBe(1);
  });

  test('without a limit, nor when it is over', () => {
    expect(limited(null).clock.pending).toEqual([]);
    const { clock, limit, says } = limited();
    limit.over();
    says({ type: 'anything' });
    expect(clock.pending).toEqual([]);
  });
});

test('a result ends what its turn left open; a block that is none is no tool', () => {
  const { clock, says, silences } = limited();
  says(uses('t1'));
  says({ type: 'result', subtype: 'success' });
  says({ type: 'assistant', message: { content: [{ type: 'tool_use' }, 7] } });
  clock.advance(LIMIT_MS);
  expect(silences()).toBe(1);
});
