import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../../src/core/progress.ts';
import { LiveTree } from '../../../../src/report/progress/live-tree.ts';
import { CapturedOutput } from '../captured-output.ts';
import { ManualClock } from '../manual-clock.ts';
import {
  activity,
  failed,
  log,
  phase,
  queued,
  refused,
  result,
  runStarted,
  settled,
  started,
} from '../run-events.ts';
import { VirtualScreen } from '../virtual-screen.ts';

function setUp({ rows = 24, columns = 100, colour = false } = {}) {
  const out = new CapturedOutput();
  const clock = new ManualClock();
  const screen = new VirtualScreen({ rows, columns });
  const size = { rows, columns };
  const tree = new LiveTree({ out, clock, colour, size: () => size });
  const tell = (...events: readonly RunEvent[]) => {
    for (const event of events) tree.event(event);
  };
  /** What the terminal shows after all that was written so far. */
  const shown = () => {
    screen.write(out.writes.splice(0).join(''));
    return screen.all();
  };
  return { out, clock, tree, tell, shown, screen, size };
}

describe('the tree', () => {
  test('declared phases, agents at work, counts', () => {
    const { clock, tell, shown, tree } = setUp();
    tell(
      runStarted({ phases: ['Find', 'Verify'] }),
      phase('Find'),
      ...[1, 2, 3].map((id) => queued(id, { phase: 'Find', model: id === 1 ? 'haiku' : undefined })),
      started(1),
      started(2, 5_000),
      activity(2, { kind: 'tool', tool: 'Bash' }),
    );
    clock.advance(65_000);
    expect(shown()).toEqual([
      'audit  1m 05s · 2 running · 1 queued',
      '  › Find  2 running · 1 queued',
      '    › #1 agent-1  1m 05s · haiku',
      '    › #2 agent-2  1m 00s · Bash',
      '  · Verify',
    ]);
    tree.end();
  });

  test('calls outside any phase stand under the run, those of a child workflow under its name', () => {
    const { tell, shown, tree } = setUp();
    tell(
      runStarted({ phases: ['Find'] }),
      queued(1, { workflow: 'kid' }),
      queued(2, { workflow: 'kid', phase: 'Look' }),
      queued(3),
      ...[1, 2, 3].map((id) => started(id)),
    );
    tree.end();
    expect(shown()).toEqual([
      'audit  0s · 3 running',
      '  › #3 agent-3  0s',
      '  · Find',
      '  › ▸ kid  1 running',
      '    › #1 agent-1  0s',
      '  › ▸ kid · Look  1 running',
      '    › #2 agent-2  0s',
    ]);
  });

  test('ended agents, each with its figures; failures also above the tree, for good', () => {
    const { tell, shown, tree } = setUp();
    tell(
      runStarted(),
      ...[1, 2, 3].map((id) => queued(id, { phase: 'Find' })),
      settled(1),
      failed(2, 'HTTP 400: no such model'),
      settled(3, { replayed: true }),
      result({ durationMs: 61_000 }),
    );
    tree.end();
    expect(shown()).toEqual([
      '✗ #2 agent-2: 12s, 12.3k in 2.1k out, $0.0042; api-error: HTTP 400: no such model',
      'audit  1m 01s · 1 done · 1 failed · 1 replayed · $0.0084 · 24.6k in 4.2k out',
      '  ! Find  1 done · 1 failed · 1 replayed',
      '    ✓ #1 agent-1  12s, 12.3k in 2.1k out, $0.0042',
      '    ✗ #2 agent-2  api-error: HTTP 400: no such model',
      '    ↺ #3 agent-3  replayed',
    ]);
  });

  test('a wait before another try counts down', () => {
    const { clock, tell, shown, tree } = setUp();
    tell(
      runStarted(),
      queued(1),
      started(1),
      activity(1, { kind: 'retry', attempt: 2, delayMs: 5_000, status: 429 }),
    );
    clock.advance(2_000);
    expect(shown()[1]).toBe('  › #1 agent-1  2s · retry 2 in 3s, HTTP 429');
    clock.advance(4_000);
    expect(shown()[1]).toBe('  › #1 agent-1  6s · retry 2, HTTP 429');
    tree.end();
  });

  test('is in colour when told so, and takes no more room', () => {
    const events = [runStarted(), queued(1, { phase: 'Find' }), started(1), failed(2, 'no')];
    const plain = setUp();
    const coloured = setUp({ colour: true });
    for (const { tell, tree } of [plain, coloured]) {
      tell(...events);
      tree.end();
    }
    expect(coloured.out.writes.join('')).toContain('\x1b[31m✗\x1b[39m');
    expect(plain.out.writes.join('')).not.toContain('\x1b[31m');
    expect(coloured.shown()).toEqual(plain.shown());
  });
});

describe('a small screen', () => {
  test('finished agents are only counted when not all of them fit', () => {
    const { tell, shown, tree } = setUp({ rows: 8 });
    tell(
      runStarted(),
      ...[1, 2, 3, 4, 5, 6].map((id) => settled(id, { label: `a${id}` })),
      queued(7),
      started(7),
    );
    tree.end();
    expect(shown()).toEqual([
      'audit  0s · 1 running · 6 done · $0.03 · 73.8k in 12.6k out',
      '  › #7 agent-7  0s',
    ]);
  });

  test('running agents before failed ones, phases share the room', () => {
    const { tell, shown, tree } = setUp({ rows: 9 });
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    tell(
      runStarted(),
      ...ids.map((id) => queued(id, { phase: id <= 6 ? 'A' : 'B' })),
      ...ids.map((id) => started(id)),
    );
    tree.end();
    expect(shown()).toEqual([
      'audit  0s · 8 running',
      '  › A  6 running',
      '    › #1 agent-1  0s',
      '    › #2 agent-2  0s',
      '    › #3 agent-3  0s',
      '  › B  2 running',
      '    › #7 agent-7  0s',
      '    › #8 agent-8  0s',
    ]);
  });

  test('more phases than rows: those at work, and how many more there are', () => {
    const { tell, shown, tree } = setUp({ rows: 6 });
    const phases = Array.from({ length: 40 }, (_, at) => `P${at}`);
    tell(runStarted({ phases }), queued(1, { phase: 'P20' }), started(1));
    tree.end();
    expect(shown()).toEqual([
      'audit  0s · 1 running',
      '  › P20  1 running',
      '  · P38',
      '  · P39',
      '  … 38 more phases',
    ]);
  });

  test.each([1, 2, 3])('%i rows', (rows) => {
    const { tell, shown, tree } = setUp({ rows });
    tell(runStarted({ phases: ['A', 'B'] }), queued(1, { phase: 'A' }), started(1));
    tree.end();
    expect(shown().length).toBeLessThan(rows);
  });

  test.each([
    [100, '    › #1 find: every file of the whole repository  7s · Bash · claude-haiku-4-5'],
    [60, '    › #1 find: every file of…  7s · Bash · claude-haiku-4…'],
    [50, '    › #1 find: every file of the whol…  7s · Bash'],
    [45, '    › #1 find: every file of the…  7s · Bash'],
    [20, '    › #1 find: eve…'],
  ])('%i columns: figures go before the label does', (columns, line) => {
    const { clock, tell, shown, tree } = setUp({ columns });
    const label = 'find: every file of the whole repository';
    tell(runStarted(), queued(1, { phase: 'A', label, model: 'claude-haiku-4-5' }), started(1));
    tell(activity(1, { kind: 'tool', tool: 'Bash' }));
    clock.advance(7_000);
    tree.end();
    expect(shown()[2]).toBe(line);
  });

  test('a terminal that says it is 0 by 0 is taken for 80 by 24', () => {
    const { tell, tree, out } = setUp({ rows: 0, columns: 0 });
    tell(runStarted(), queued(1), started(1));
    tree.end();
    expect(out.writes.join('')).toContain('agent-1');
  });

  test('a resize shows with the next frame', () => {
    const { tell, tree, out, size, clock } = setUp();
    tell(runStarted({ name: 'n'.repeat(60) }));
    clock.advance(0);
    size.columns = 20;
    clock.advance(1_000);
    tree.end();
    expect(out.writes.at(-1)).toContain(`${'n'.repeat(18)}…`);
  });
});

describe('lines above the tree', () => {
  test.each<[string, RunEvent[], string[]]>([
    ['log lines', [log('one\ntwo')], ['one', '  two']],
    ['failures', [failed(1, 'no')], ['✗ #1 agent-1: 12s, 12.3k in 2.1k out, $0.0042; api-error: no']],
    [
      'a failure that the log repeats, once',
      [failed(1, 'no'), log('[agent-1] failed: no', 1)],
      [expect.stringContaining('✗ #1')],
    ],
    ['the first refusal by a cap', [refused('a'), refused('b')], ['! a: the cap of agents is reached']],
    ['not: replies, stopped calls', [settled(1), settled(2, { end: 'stopped' })], []],
  ])('%s', (_name, events, lines) => {
    const { tell, shown, tree } = setUp();
    tell(...events);
    tree.end();
    const all = shown();
    expect(
      all.slice(
        0,
        all.findIndex((line) => line.startsWith('run  ')),
      ),
    ).toEqual(lines);
  });

  test('a note of ours', () => {
    const { tell, shown, tree } = setUp();
    tell(runStarted());
    tree.note('andwait: SIGINT: stopping the agents');
    tree.end();
    expect(shown()).toEqual(['andwait: SIGINT: stopping the agents', 'audit  0s']);
  });

  test('more lines at once than a call takes arguments', () => {
    const { tell, tree } = setUp();
    expect(() => tell(log('x\n'.repeat(500_000)))).not.toThrow();
    tree.end();
  });
});

describe('hostile text moves nothing', () => {
  const HOSTILE = '\x1b[2J\x1b[1;1H\x9b31m\x1b]0;t\x07\u202ea\r\nb';

  test.each<[string, RunEvent[]]>([
    ['run', [runStarted({ name: HOSTILE })]],
    ['phase', [runStarted(), phase(HOSTILE)]],
    [
      'label, model and tool',
      [
        queued(1, { label: HOSTILE, model: HOSTILE }),
        started(1),
        activity(1, { kind: 'tool', tool: HOSTILE }),
      ],
    ],
    ['workflow', [queued(1, { workflow: HOSTILE }), started(1)]],
    ['failure', [failed(1, HOSTILE, { label: HOSTILE })]],
    ['refusal', [refused(HOSTILE)]],
    ['log', [log(HOSTILE)]],
  ])('%s', (_name, events) => {
    const { tell, tree, out, shown } = setUp();
    tell(...events);
    tree.end();
    const written = out.writes.join('');
    expect(written.replace(/\x1b\[(1A|2K|\?7[hl]|\?2026[hl])/g, '')).not.toMatch(
      /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/,
    );
    expect(shown().join('\n')).toMatch(/a\s*.?b/s);
  });
});

describe('time', () => {
  test('at most ten frames a second, whatever happens', () => {
    const { clock, tell, tree, out } = setUp();
    tell(runStarted());
    for (let ms = 0; ms < 1_000; ms++) {
      tell(queued(ms), started(ms), settled(ms));
      clock.advance(1);
    }
    expect(out.writes.length).toBeLessThanOrEqual(11);
    expect(out.writes.length).toBeGreaterThanOrEqual(9);
    tree.end();
  });

  test('once a second when nothing happens', () => {
    const { clock, tell, tree, out } = setUp();
    tell(runStarted(), queued(1), started(1));
    clock.advance(10_000);
    expect(out.writes.length).toBe(11);
    tree.end();
  });

  test('an event after a quiet time shows at once', () => {
    const { clock, tell, tree, shown } = setUp();
    tell(runStarted());
    clock.advance(10_500);
    tell(log('now'));
    clock.advance(0);
    expect(shown()).toContain('now');
    tree.end();
  });

  test('one timer, and none after the end', () => {
    const { clock, tell, tree, out } = setUp();
    tell(runStarted(), queued(1), started(1));
    clock.advance(150);
    tell(settled(1));
    expect(clock.pending).toBe(1);
    tree.end();
    tree.end();
    const { length } = out.writes;
    tell(log('late'));
    tree.note('late');
    clock.advance(5_000);
    expect(clock.pending).toBe(0);
    expect(out.writes).toHaveLength(length);
  });

  test('a terminal that cannot keep up gets no further frame until it has taken the last', () => {
    const { clock, tell, tree, out } = setUp();
    Object.defineProperty(out, 'writableNeedDrain', { value: true, configurable: true });
    tell(runStarted(), log('kept'));
    clock.advance(3_000);
    expect(out.writes).toEqual([]);
    Object.defineProperty(out, 'writableNeedDrain', { value: false });
    clock.advance(1_000);
    expect(out.writes[0]).toContain('kept');
    tree.end();
  });
});
