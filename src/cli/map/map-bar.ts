/** How far a map is, in one line. Its input may have no known end: then counts are told, and no share is made up. */
import { dollarsText, elapsedText, wholeText } from '../../report/text/figures.ts';
import type { ItemCounts } from '../../workflow/map/item-counts.ts';

export interface MapPosition {
  readonly counts: ItemCounts;
  readonly running: number;
  readonly costUsd: number;
  readonly elapsedMs: number;
  /** Bytes of the items read so far, and the size of the input where it is a file. */
  readonly takenBytes: number;
  readonly inputBytes: number | undefined;
  readonly hasInputEnded: boolean;
}

export interface BarStyle {
  readonly bar: boolean;
  readonly eta: boolean;
  readonly columns: number;
}

export function endedItems({ replied, failed, stopped }: ItemCounts): number {
  return replied + failed + stopped;
}

export function statusText(position: MapPosition): string {
  const { counts, running, costUsd } = position;
  const { replied, failed, replayed } = counts;
  return [
    `${wholeText(running)} running`,
    `${wholeText(replied)} done`,
    ...(failed > 0 ? [`${wholeText(failed)} failed`] : []),
    ...(replayed > 0 ? [`${wholeText(replayed)} replayed`] : []),
    elapsedText(position.elapsedMs),
    ...(costUsd > 0 ? [dollarsText(costUsd)] : []),
  ].join(', ');
}

const BAR_COLUMNS = 24;

export function barLine(position: MapPosition, { bar, eta, columns }: BarStyle): string {
  const total = totalItems(position);
  const ended = endedItems(position.counts);
  const share = total === undefined || total === 0 ? undefined : Math.min(1, ended / total);
  const parts = [
    ...(bar && share !== undefined ? [`${drawn(share)} ${Math.floor(100 * share)}%`] : []),
    statusText(position),
    ...(eta && total !== undefined ? [leftText(position.elapsedMs, ended, total)] : []),
  ];
  return parts.join('  ').slice(0, columns);
}

/** Known once the input has ended; of a file it is judged by how much of it the items so far took. */
function totalItems({ counts, takenBytes, inputBytes, hasInputEnded }: MapPosition): number | undefined {
  if (hasInputEnded) return counts.read;
  if (inputBytes === undefined || takenBytes === 0 || counts.read === 0) return undefined;
  return Math.max(counts.read, Math.round((counts.read * inputBytes) / takenBytes));
}

function drawn(share: number): string {
  const full = Math.round(share * BAR_COLUMNS);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_COLUMNS - full)}]`;
}

function leftText(elapsedMs: number, ended: number, total: number): string {
  if (ended === 0) return 'ETA unknown';
  return `ETA ${elapsedText((elapsedMs / ended) * Math.max(0, total - ended))}`;
}
