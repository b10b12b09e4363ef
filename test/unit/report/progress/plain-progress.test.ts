import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../../src/core/outcome.ts';
import type { RunEvent } from '../../../../src/core/progress.ts';
import { plainProgress } from '../../../../src/report/progress/plain-progress.ts';
import { CapturedOutput } from '../captured-output.ts';
import { ManualClock } from '../manual-clock.ts';
import {
  activity,
  failed,
  held,
  log,
  phase,
  queued,
  refused,
  result,
  runStarted,
  settled,
  started,
} from '../run-events.ts';

function setUp() {
  const out = new CapturedOutput();
  const clock = new ManualClock();
  return { out, clock, sink: plainProgress({ out, clock, silenceMs: 60_000 }) };
}

function linesOf(...events: readonly RunEvent[]): string[] {
  const { out, sink } = setUp();
  for (const event of events) sink.event(event);
  sink.end();
  return out.text() === '' ? [] : out.lines();
}

const HOSTILE = '\x1b[2Ja\nfailed   #1 \u202eb';

describe('the line of an event', () => {
  test.each<[string, RunEvent[], string[]]>([
    ['run', [runStarted()], ['run      audit r-1, agents: rehearsal']],
    ['phase', [phase('Find')], ['phase    Find']],
    ['phase of a child workflow', [phase('Find', 'kid')], ['phase    ▸ kid · Find']],
    [
      'held and gone on',
      [held('quota', Date.UTC(2026, 0, 1)), { type: 'run_released', at: 0 }],
      [
        'held     until the quota is there again, at 2026-01-01T00:00:00Z: nothing new starts',
        'goes on  new agents start again',
      ],
    ],
    ['held by a person', [held('person')], ['held     by a person: nothing new starts']],
    ['log', [log('one\n  two')], ['log      one', '           two']],
    ['queued, started and busy calls: none', [queued(1), started(1), activity(1, { kind: 'text' })], []],
    ['done', [queued(1), settled(1)], ['done     #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042']],
    [
      'done without a price',
      [settled(1, { costUsd: null })],
      ['done     #1 agent-1: 12s, 12.3k in 2.1k out, unpriced'],
    ],
    [
      'failed',
      [failed(1, 'HTTP 400')],
      ['failed   #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042; api-error: HTTP 400'],
    ],
    [
      'failed before it ran',
      [
        settled(1, {
          end: 'spawn-failed',
          summary: 'no such file',
          usage: NO_USAGE,
          costUsd: null,
          durationMs: 30,
        }),
      ],
      ['failed   #1 agent-1: 0.0s; spawn-failed: no such file'],
    ],
    [
      'stopped',
      [settled(1, { end: 'stopped', summary: '', costUsd: 0 })],
      ['stopped  #1 agent-1: 12s, 12.3k in 2.1k out, $0.00; stopped'],
    ],
    ['stopped while it waited', [queued(1), settled(1, { end: 'stopped', durationMs: 0 })], []],
    ['replayed', [settled(1, { replayed: true })], ['replayed #1 agent-1']],
    [
      'denied tools',
      [settled(1, { denials: ['Bash', 'Edit', 'Bash'] })],
      ['done     #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042; denied Bash × 2, Edit × 1'],
    ],
    [
      'a kept worktree',
      [settled(1, { worktree: { path: '/w', branch: 'b', diffStat: '' } })],
      ['done     #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042; kept /w (branch b)'],
    ],
    [
      'a call of a child workflow',
      [queued(1, { workflow: 'kid' }), settled(1, { replayed: true })],
      ['replayed #1 ▸ kid · agent-1'],
    ],
    [
      'the first refusal by each cap',
      [refused('a'), refused('b')],
      ['refused  a: the cap of agents is reached'],
    ],
    ['result: the summary says it', [result()], []],
  ])('%s', (_name, events, lines) => expect(linesOf(...events)).toEqual(lines));
});

describe('hostile text', () => {
  test.each<[string, RunEvent, string[]]>([
    [
      'name and agent',
      runStarted({ name: HOSTILE, agent: HOSTILE }),
      ['run      a failed #1 b r-1, agents: a failed #1 b'],
    ],
    ['phase', phase(HOSTILE), ['phase    a failed #1 b']],
    ['log: its second line is no line of ours', log(HOSTILE), ['log      a', '         failed   #1 b']],
    ['label', settled(1, { label: HOSTILE, replayed: true }), ['replayed #1 a failed #1 b']],
    [
      'message',
      failed(1, HOSTILE, { usage: NO_USAGE, costUsd: null }),
      ['failed   #1 agent-1: 12s; api-error: a failed #1 b'],
    ],
    [
      'denied tool',
      settled(1, { replayed: true, denials: [HOSTILE] }),
      ['replayed #1 agent-1: denied a failed #1 b × 1'],
    ],
  ])('%s', (_name, event, lines) => expect(linesOf(event)).toEqual(lines));

  test('a long message is cut', () => {
    const [line = ''] = linesOf(failed(1, 'x'.repeat(5_000)));
    expect(line.length).toBeLessThan(600);
    expect(line).toMatch(/xxx…$/);
  });
});

describe('a failure that the log repeats', () => {
  const line = 'failed   #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042; api-error: no';
  const text = '[agent-1] failed: no';

  test('is told once', () => {
    expect(linesOf(queued(1), failed(1, 'no'), log(text, 1))).toEqual([line]);
  });

  test('the same words from the script are its own', () => {
    expect(linesOf(failed(1, 'no'), log(text))).toEqual([line, `log      ${text}`]);
  });
});

describe('silence', () => {
  test('is broken by a line about what is under way', () => {
    const { out, clock, sink } = setUp();
    sink.event(runStarted());
    for (const id of [1, 2, 3]) sink.event(queued(id));
    sink.event(started(2, 10_000));
    sink.event(activity(2, { kind: 'tool', tool: 'Bash' }, 11_000));
    clock.advance(59_999);
    expect(out.lines()).toHaveLength(1);
    clock.advance(1);
    expect(out.lines()[1]).toBe('waiting  1 running, 2 queued after 1m 00s; longest: #2 agent-2, 50s, Bash');
    clock.advance(60_000);
    expect(out.lines()[2]).toContain('after 2m 00s');
    sink.end();
  });

  test('begins anew with every line', () => {
    const { out, clock, sink } = setUp();
    sink.event(runStarted());
    clock.advance(40_000);
    sink.event(log('still here'));
    clock.advance(40_000);
    expect(out.lines()).toHaveLength(2);
    sink.end();
  });

  test('the longest is the one that started first, whichever group it is in', () => {
    const { out, clock, sink } = setUp();
    sink.event(runStarted());
    for (const [id, at] of [
      [1, 30_000],
      [2, 20_000],
      [3, 25_000],
    ] as const) {
      sink.event(queued(id, { phase: `P${id}` }));
      sink.event(started(id, at));
    }
    clock.advance(60_000);
    expect(out.lines()[1]).toContain('longest: #2 agent-2, 40s');
    sink.end();
  });
});

test('a log that is piped on says nothing while nothing happens', () => {
  const out = new CapturedOutput();
  const clock = new ManualClock();
  const sink = plainProgress({ out, clock, silenceMs: null });
  sink.event(runStarted());
  clock.advance(3_600_000);
  expect(out.lines().length).toBe(1);
  expect(clock.pending).toBe(0);
});

test('after the end nothing is written and no timer is left', () => {
  const { out, clock, sink } = setUp();
  sink.event(runStarted());
  sink.end();
  sink.end();
  sink.event(log('late'));
  sink.note('late');
  expect(clock.pending).toBe(0);
  expect(out.lines()).toHaveLength(1);
});

test('a note is a line of its own', () => {
  const { out, sink } = setUp();
  sink.note('andwait: SIGINT: stopping the agents');
  sink.end();
  expect(out.text()).toBe('andwait: SIGINT: stopping the agents\n');
});

test('a thousand agents are a thousand lines and one timer', () => {
  const { out, clock, sink } = setUp();
  for (let id = 1; id <= 1000; id++) sink.event(queued(id));
  for (let id = 1; id <= 1000; id++) {
    sink.event(started(id));
    sink.event(activity(id, { kind: 'text' }));
    sink.event(settled(id));
  }
  expect(out.lines()).toHaveLength(1000);
  expect(clock.pending).toBe(1);
  sink.end();
});
