/** The line that stays of a call's end. Both displays write it: one into a log, the other above its tree. */

import type { SettledEvent } from '../core/progress.ts';
import { callName, failureText, figuresText } from './call-words.ts';
import { safeLine } from './text/safe-text.ts';
import { countTools, toolCountsText } from './transcript/tool-counts.ts';

/** `#12 find:api: 12s, 12.3k in 2.1k out, $0.0042; api-error: …; denied Bash × 2; kept PATH (branch B)`. */
export function settledLine(event: SettledEvent, workflow: string | undefined): string {
  const told = [
    event.replayed ? '' : figuresText(event),
    event.end === 'reply' || event.replayed ? '' : failureText(event),
    event.denials.length === 0 ? '' : `denied ${toolCountsText(countTools(event.denials))}`,
    event.worktree === undefined
      ? ''
      : `kept ${safeLine(event.worktree.path)} (branch ${safeLine(event.worktree.branch)})`,
  ].filter((part) => part !== '');
  const name = callName(event.call, event.label, workflow);
  return told.length === 0 ? name : `${name}: ${told.join('; ')}`;
}
