/** Gathers what the realm has to say until the host process comes for it: no function of the outside is ever called from in here. */
import { wallLine } from '../wall-line.ts';

/** UTF-8 takes three bytes for a UTF-16 unit at most. */
const MAX_BYTES_PER_CHAR = 3;
/** What a log line costs beside its text. */
const LOG_LINE_CHARS = 64;

let scope = 0;
let maxChars = 0;
let logChars = 0;
let lines: string[] = [];

export function openOutbox(itsScope: number, messageBytes: number): void {
  scope = itsScope;
  maxChars = Math.floor(messageBytes / MAX_BYTES_PER_CHAR);
}

/** Throws RangeError for a payload that the outside would not take; `what` names it. */
export function post(kind: string, id: number, payload: string, what = kind): void {
  if (payload.length > maxChars) {
    throw new RangeError(
      `${what} has ${payload.length} characters as JSON; at most ${maxChars} can be passed`,
    );
  }
  lines.push(wallLine(kind, scope, id, payload));
}

/** Text for people. A loop that logs for ever must not fill the memory: past the allowance it is told once, and dropped. */
export function postText(kind: 'log' | 'phase', text: string): void {
  const wasWithin = logChars <= maxChars;
  logChars += text.length + LOG_LINE_CHARS;
  if (logChars <= maxChars) post(kind, 0, JSON.stringify(text));
  else if (wasWithin) post('flooded', 0, 'null');
}

export function drain(): string {
  const drained = lines.join('');
  lines = [];
  return drained;
}
