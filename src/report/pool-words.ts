/** What `andwait pool status` shows: how many slots, who has them, who waits. */
import type { PoolCallStatus, PoolRunStatus, PoolStatus } from '../wire/pool/pool-status.ts';
import { alignedLines, type Column } from './text/columns.ts';
import { countText, durationText, wholeText } from './text/figures.ts';
import { safeLine } from './text/safe-text.ts';

/** A run may have a thousand calls that wait, and they are all alike. */
const WAITING_SHOWN = 5;

interface CallLine {
  readonly runId: string;
  readonly call: PoolCallStatus;
}

/** `maxColumns` is infinite where the output is no terminal. */
export function poolLines(status: PoolStatus, now: number, maxColumns: number): string[] {
  const { version, pid, startedAt, runs } = status;
  const shown = runs.flatMap(({ runId, calls }) => shownOf(calls).map((call) => ({ runId, call })));
  const columns: readonly Column<CallLine>[] = [
    { title: 'RUN', cell: ({ runId }) => runId },
    { title: 'CALL', cell: ({ call }) => String(call.call), align: 'right' },
    { title: 'LABEL', cell: ({ call }) => call.label, flexible: true },
    { title: 'STATE', cell: ({ call }) => call.state },
    { title: 'PID', cell: ({ call }) => (call.pid === undefined ? '' : String(call.pid)), align: 'right' },
    { title: 'SINCE', cell: ({ call }) => durationText(now - call.since), align: 'right' },
  ];
  return [
    ...slotLines(status, now),
    `broker: andwait ${safeLine(version)}, pid ${pid}, up ${durationText(now - startedAt)}`,
    ...runs.map(runLine),
    ...alignedLines(columns, shown, maxColumns),
  ];
}

/** How many slots, and why nothing starts, if nothing does. */
export function slotLines(status: PoolStatus, now: number): string[] {
  return [slotsLine(status), ...gateLines(status, now)];
}

/** `2 of 3 slots taken, 1 lent, 5 calls waiting`. */
function slotsLine({ slots, taken, lent, waiting }: PoolStatus): string {
  const free = slots > taken ? `, ${wholeText(slots - taken)} free` : '';
  const lentText = lent > 0 ? `, ${wholeText(lent)} lent to a call below` : '';
  return `${wholeText(taken)} of ${countText(slots, 'slot')} taken${free}${lentText}, ${countText(waiting, 'call')} waiting`;
}

function gateLines({ paused, minFreeBytes, pace, slots }: PoolStatus, now: number): string[] {
  const lines = paused ? ['paused: no agent starts until `andwait pool continue`'] : [];
  if (pace.cause !== null) {
    const until =
      pace.until === null || pace.until <= now ? '' : `, nothing new for ${durationText(pace.until - now)}`;
    lines.push(
      `slower: ${safeLine(pace.cause)}; at most ${wholeText(pace.slots)} of ${countText(slots, 'slot')} at once${until}`,
    );
  }
  if (minFreeBytes !== null) {
    lines.push(`no agent starts while less than ${bytesText(minFreeBytes)} of memory is available`);
  }
  return lines;
}

function runLine({ runId, dir, running, waiting, calls }: PoolRunStatus): string {
  const hidden = calls.length - shownOf(calls).length;
  const more = hidden > 0 ? ` (${wholeText(hidden)} of them not shown)` : '';
  return `${safeLine(runId)}: ${wholeText(running)} running, ${wholeText(waiting)} waiting${more}, in ${safeLine(dir)}`;
}

function shownOf(calls: readonly PoolCallStatus[]): PoolCallStatus[] {
  const waiting = calls.filter(({ state }) => state === 'waiting');
  return [...calls.filter(({ state }) => state !== 'waiting'), ...waiting.slice(0, WAITING_SHOWN)];
}

/** `500 MB`, `2 GB`. */
export function bytesText(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : ['MB', 1e6];
  return `${String(Math.round((bytes / (size as number)) * 10) / 10)} ${unit}`;
}
