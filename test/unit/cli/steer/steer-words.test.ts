/** What a person is told who took hold of a run, and what they may write to do so. */
import { describe, expect, test } from 'vitest';
import { callChoice } from '../../../../src/cli/steer/steer-options.ts';
import { effectText } from '../../../../src/cli/steer/steer-words.ts';
import type { Steering } from '../../../../src/core/run.ts';
import type { RunKind } from '../../../../src/journal/run-folder.ts';
import type { SteerEffect } from '../../../../src/wire/pool/run-order.ts';

const DONE: SteerEffect = { changed: true, running: 3, waiting: 1, held: null };
const PAUSED = { cause: 'person', resetAt: null } as const;

test.each<readonly [Steering, RunKind, Partial<SteerEffect>, string]>([
  ['stop', 'workflow', {}, 'run r is being stopped: 3 agents to end, 1 waiting call dropped'],
  ['stop', 'workflow', { changed: false }, 'run r is being stopped already'],
  [
    'pause',
    'exec',
    { held: PAUSED },
    'run r is paused: 3 agents to finish, 1 call to wait; go on with: andwait continue r',
  ],
  [
    'pause',
    'exec',
    { changed: false, held: PAUSED },
    'run r is paused already: 3 agents to finish, 1 call to wait; go on with: andwait continue r',
  ],
  ['continue', 'map', {}, 'run r is no longer paused: 3 agents at work, 1 call waiting for a place'],
  [
    'continue',
    'map',
    { changed: false },
    'run r was not paused: 3 agents at work, 1 call waiting for a place',
  ],
  [
    'continue',
    'map',
    { changed: false, held: { cause: 'quota', resetAt: 0 } },
    'run r was not paused, and is held until the quota is there again, at 1970-01-01T00:00:00Z: nothing new starts',
  ],
  ['skip', 'workflow', {}, 'call 4 of run r is skipped: its script gets null'],
  ['skip', 'map', {}, 'call 4 of run r is skipped: its item has no answer'],
])('%s of a %s: %j', (action, kind, effect, words) => {
  const call = action === 'skip' ? 4 : undefined;
  expect(effectText({ action, call }, { runId: 'r', kind }, { ...DONE, ...effect })).toBe(words);
});

describe('which calls', () => {
  test.each([
    ['a run and its calls', { words: ['r', '3', '#4', '3'], last: false }, { run: 'r', calls: [3, 4] }],
    ['the last run', { words: ['3'], last: true }, { run: undefined, calls: [3] }],
  ])('%s', (_name, given, found) => {
    expect(callChoice(given, 'skip')).toMatchObject(found);
  });

  test.each([
    ['no call', { words: ['r'], last: false }, 'skip needs the number of a CALL, as in: andwait skip r 3'],
    ['none of the last run', { last: true }, 'andwait skip --last 3'],
    ['no number', { words: ['r', 'x'], last: false }, 'skip "x": expected the number of a call'],
    ['number 0', { words: ['r', '0'], last: false }, 'skip "0": expected the number of a call'],
  ])('%s is refused', (_name, given, message) => {
    expect(() => callChoice(given, 'skip')).toThrow(message);
  });
});
