/** One line of GNU parallel's joblog, column for column, so that what reads theirs reads ours. */

export const JOBLOG_HEADER = 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n';
/** GNU parallel's word for this machine. */
const HERE = ':';

export interface JoblogEntry {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** -1: its time was up. */
  readonly exitValue: number;
  readonly signal: number;
  /** Line feeds are NUL there. */
  readonly command: string;
}

export function joblogLine(entry: JoblogEntry): string {
  const { seq, startedAt, durationMs, sentBytes, receivedBytes, exitValue, signal, command } = entry;
  return `${[
    seq,
    HERE,
    (startedAt / 1000).toFixed(3),
    (durationMs / 1000).toFixed(3).padStart(10),
    sentBytes,
    receivedBytes,
    exitValue,
    signal,
    command.replaceAll('\n', '\0'),
  ].join('\t')}\n`;
}
