import { describe, expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { NO_CALLS } from '../../../../src/core/run.ts';
import { attempt, RecordedRunFiles, RUN_ID, settled, started } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { TerminalRig } from '../terminal-rig.ts';

const SIZE = { columns: 80, rows: 12 };
const TOOL = {
  type: 'assistant',
  message: {
    id: 'm',
    content: [{ type: 'tool_use', id: 't', name: 'Grep', input: { pattern: 'bug' } }],
    usage: { input_tokens: 1200, output_tokens: 34 },
  },
};
const PROMPT = { type: 'andwait/call', call: 1, label: 'agent-1', prompt: 'Find \x1b[2Jbugs' };
const INIT = { type: 'system', subtype: 'init', model: 'opus-5' };

const has = (part: string) => (lines: readonly string[]) => lines.some((line) => line.includes(part));

/** A run that somebody works on: one call ended, one runs. */
async function runAtWork() {
  const home = temporaryFolder();
  const run = new RecordedRunFiles(home);
  const lock = await run.lock();
  run.record(attempt(1, { phases: ['Find', 'Judge'] }));
  run.record(started(1, { phase: 'Find' }), started(2, { phase: 'Find' }), settled(2));
  return { home, run, lock };
}

describe('on a terminal', () => {
  test('the tree of the run itself, live, with what its agents do; at its end the summary and 0', async () => {
    const { home, run, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('1 running · 1 done'));
    run.says(1, PROMPT);
    run.says(1, INIT);
    run.says(1, TOOL);
    const shown = await watch.until(has('Grep'));
    expect(shown.slice(1)).toEqual([
      '  › Find  1 running · 1 done',
      expect.stringMatching(/^ {4}› #1 agent-1 {2}[\dhms ]+ · Grep · 1\.2k in 34 out · opus-5$/),
      '    ✓ #2 agent-2  2.0s, 1.0k in 200 out, $0.01',
      '  · Judge',
      'q quit · p pause or go on · s stop · ↑↓ choose · l log · k skip · r retry',
    ]);
    run.record(settled(1, failure('api-error', 'HTTP 400')));
    run.ends({ calls: { ...NO_CALLS, total: 2, done: 1, failed: 1 } });
    await lock.release();
    expect(await watch.end()).toBe(0);
    expect(watch.lines).toEqual([
      '✗ #1 agent-1: 2.0s; api-error: HTTP 400',
      'audit  9.0s · 1 done · 1 failed · $0.01 · 1.0k in 200 out',
      '  ! Find  1 done · 1 failed',
      '    ✗ #1 agent-1  api-error: HTTP 400',
      '    ✓ #2 agent-2  2.0s, 1.0k in 200 out, $0.01',
      '  · Judge',
      'audit completed after 9.0s',
      '  agents   1 done, 1 failed',
      '  failed   api-error: HTTP 400 (#1 agent-1)',
      `  run      ${RUN_ID}`,
      `go on with: andwait resume ${RUN_ID}`,
    ]);
    expect(watch.rawModes).toEqual([true, false]);
    expect(watch.clock.pending).toEqual([]);
    expect(watch.listensFor).toEqual([]);
  });

  test('one agent in words, made harmless, and back', async () => {
    const { home, run, lock } = await runAtWork();
    run.says(1, PROMPT);
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('1 running'));
    watch.type('\x1b[B\r');
    await watch.until(has('prompt   Find bugs'));
    run.says(1, TOOL);
    run.says(1, {
      type: 'assistant',
      message: { content: [{ type: 'text', text: `long ${'x'.repeat(999)}` }] },
    });
    const shown = await watch.until(has('text     long'));
    expect(shown).toContain('tool     Grep: bug');
    expect(shown.find((line) => line.startsWith('text'))).toMatch(/^text {5}long x{64}…$/);
    expect(shown.at(-1)).toBe('l or Esc back to the tree · k skip · r retry');
    watch.type('\x1b');
    await watch.until(has('  › Find'));
    expect(watch.lines).toContainEqual(expect.stringMatching(/^ {2}> › #1 agent-1/));
    watch.type('q');
    expect(await watch.end()).toBe(0);
    await lock.release();
  });

  test('keys that steer say what came of it; a stop is asked for first', async () => {
    const { home, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('1 running'));
    watch.type('s');
    await watch.until(has('stop the run and its agents? y, or any other key'));
    watch.type('y');
    await watch.until(has('stop: run '));
    watch.type('\x1b[Bk');
    await watch.until(has('skip #1: run '));
    watch.type('\x03');
    expect(await watch.end()).toBe(130);
    expect(watch.rawModes).toEqual([true, false]);
    await lock.release();
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('the terminal is as it was after %s', async (signal) => {
    const { home, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('1 running'));
    watch.signal(signal);
    expect(await watch.end()).toBe(signal === 'SIGTERM' ? 143 : 129);
    expect(watch.rawModes).toEqual([true, false]);
    await lock.release();
  });

  test('and when the journal turns out to be damaged', async () => {
    const { home, run, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('1 running'));
    run.append('{"type":"log"}\n');
    expect(await watch.end()).toBe(2);
    expect(watch.stderr).toMatch(/damaged at line 6/);
    expect(watch.rawModes).toEqual([true, false]);
    await lock.release();
  });

  test('a held run says so, and another attempt has a tree of its own', async () => {
    const { home, run, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch'], { terminal: { columns: 120, rows: 12 } });
    run.record({ type: 'held', cause: 'person', resetAt: null, at: 1 });
    await watch.until(has('held by a person: nothing new starts'));
    run.record(attempt(2), { type: 'replayed', call: 2, key: 'k2', attempt: 2, at: 5 });
    const shown = await watch.until(has('1 replayed'));
    expect(shown).toContain('    ↺ #2 agent-2  replayed');
    watch.type('q');
    expect(await watch.end()).toBe(0);
    await lock.release();
  });

  test('a thousand calls: what is chosen is in view', async () => {
    const home = temporaryFolder();
    const run = new RecordedRunFiles(home);
    const lock = await run.lock();
    run.record(attempt());
    for (let call = 1; call <= 1000; call++) {
      run.record(
        started(call),
        settled(call, call % 50 === 0 ? failure('api-error', 'HTTP 400') : undefined),
      );
    }
    const watch = new TerminalRig(home, ['watch'], { terminal: SIZE });
    await watch.until(has('980 done · 20 failed'));
    // What was before somebody watched does not scroll by.
    expect(watch.lines.length).toBeLessThanOrEqual(SIZE.rows);
    watch.type('\x1b[F');
    await watch.until(has('> ✗ #1000 agent-1000'));
    watch.type('\x1b[H\x1b[B');
    await watch.until(has('> ✓ #2 agent-2'));
    watch.type('q');
    expect(await watch.end()).toBe(0);
    await lock.release();
  });
});

describe('elsewhere', () => {
  test('plain lines of all there was, then of what comes', async () => {
    const { home, run, lock } = await runAtWork();
    const watch = new TerminalRig(home, ['watch', '--exit-code', '2026']);
    await watch.until(has('done     #2 agent-2'));
    run.record({ type: 'log', text: 'nearly', at: 1 }, settled(1));
    run.ends({
      status: 'capped',
      calls: { ...NO_CALLS, refused: 1, raises: { agents: '--max-agents 2000' } },
    });
    await lock.release();
    expect(await watch.end()).toBe(75);
    expect(watch.lines.filter((line) => !line.startsWith('waiting'))).toEqual([
      `run      audit ${RUN_ID}, agents: claude 9.9.9`,
      'done     #2 agent-2: 2.0s, 1.0k in 200 out, $0.01',
      'log      nearly',
      'done     #1 agent-1: 2.0s, 1.0k in 200 out, $0.01',
      'audit ended by a cap after 9.0s',
      '  agents   0 done, 1 refused',
      `  run      ${RUN_ID}`,
      `go on with: andwait resume ${RUN_ID} --max-agents 2000`,
    ]);
    expect(watch.rawModes).toEqual([]);
    expect(watch.clock.pending).toEqual([]);
  });

  test('a run that was cut off says so', async () => {
    const home = temporaryFolder();
    new RecordedRunFiles(home).record(attempt(), started(1));
    const watch = new TerminalRig(home, ['watch', '--last', '--exit-code']);
    expect(await watch.end()).toBe(75);
    expect(watch.lines.slice(-2)).toEqual([
      `run ${RUN_ID} was cut off: nobody works on it, and it told no end`,
      `go on with: andwait resume ${RUN_ID}`,
    ]);
  });

  test('the newest at work is meant where none is named, not a newer one that has ended', async () => {
    const { home, lock } = await runAtWork();
    const newer = new RecordedRunFiles(home, { runId: '20261123-000000-aaaa', name: 'newer' });
    newer.record(attempt());
    newer.ends();
    const watch = new TerminalRig(home, ['watch']);
    await watch.until(has(`run      audit ${RUN_ID}`));
    watch.signal('SIGINT');
    expect(await watch.end()).toBe(130);
    await lock.release();
  });
});
