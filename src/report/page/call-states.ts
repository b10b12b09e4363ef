/** How a call's state is told: in a word, and by a sign and a colour beside it, never by these alone. */
import type { PageCallState, PageStatus } from './page-run.ts';

export const STATE_WORDS: Readonly<Record<PageCallState, string>> = {
  failed: 'failed',
  unfinished: 'unfinished',
  running: 'running',
  waiting: 'waiting',
  stopped: 'stopped',
  denied: 'denied a tool',
  done: 'done',
};

/** Which of the page's colours a run's end has. */
export const STATUS_TONES: Readonly<Record<PageStatus, 'good' | 'bad' | 'warn' | 'busy' | 'plain'>> = {
  completed: 'good',
  failed: 'bad',
  refused: 'bad',
  capped: 'warn',
  paused: 'warn',
  stopped: 'warn',
  unfinished: 'warn',
  running: 'busy',
  standing: 'plain',
};

export const STATUS_WORDS: Readonly<Record<PageStatus, string>> = {
  completed: 'completed',
  failed: 'failed',
  refused: 'refused before it ran',
  capped: 'ended by a cap',
  paused: 'paused',
  stopped: 'stopped',
  unfinished: 'unfinished: it was cut off',
  running: 'running',
  standing: 'calls of one day',
};
