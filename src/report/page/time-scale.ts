/**
 * Where a moment stands between the left and the right end of a timeline. A resumed run rests for days between two
 * attempts: times in which no call ran are drawn short, so that the others can be seen.
 */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TimeScale {
  /** 0 at the left, 1 at the right; moments outside are at the nearer end. */
  place(at: number): number;
  /** Rests that are drawn short: where, and how long they were. */
  readonly rests: readonly { readonly at: number; readonly ms: number }[];
  /** The time that is drawn as it was. */
  readonly shownMs: number;
}

/** Of the time that is drawn as it was: longer rests are cut, and are drawn so wide. */
const LONGEST_REST = 0.15;
const CUT_REST = 0.03;
const SHORTEST_CUT_MS = 10_000;
/** Of more than that, the longest. */
const MOST_RESTS = 12;

interface Piece extends Span {
  readonly start: number;
  readonly width: number;
}

export function timeScale(spans: readonly Span[]): TimeScale {
  const busy = merged(spans);
  const busyMs = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const cut = cutRests(busy, busyMs);
  const first = busy[0]?.from ?? 0;
  const last = busy.at(-1)?.to ?? 0;
  const shownMs = Math.max(1, last - first - cut.reduce((sum, { from, to }) => sum + to - from, 0));
  const pieces: Piece[] = [];
  let start = 0;
  const add = (from: number, to: number, width: number): void => {
    pieces.push({ from, to, start, width });
    start += width;
  };
  let from = first;
  for (const rest of cut) {
    add(from, rest.from, rest.from - from);
    add(rest.from, rest.to, shownMs * CUT_REST);
    from = rest.to;
  }
  add(from, Math.max(last, from + 1), Math.max(1, last - from));
  const total = start;
  return {
    shownMs,
    rests: pieces
      .filter((_, at) => at % 2 === 1)
      .map((piece) => ({ at: (piece.start + piece.width / 2) / total, ms: piece.to - piece.from })),
    place: (at) => placeIn(pieces, at) / total,
  };
}

function placeIn(pieces: readonly Piece[], at: number): number {
  const piece = pieces.find(({ to }) => at <= to) ?? pieces.at(-1);
  if (piece === undefined) return 0;
  const share = piece.to === piece.from ? 0 : (at - piece.from) / (piece.to - piece.from);
  return piece.start + piece.width * Math.min(1, Math.max(0, share));
}

/** The times in which anything was there, in order. */
function merged(spans: readonly Span[]): Span[] {
  const inOrder = [...spans].sort((a, b) => a.from - b.from);
  const busy: { from: number; to: number }[] = [];
  for (const { from, to } of inOrder) {
    const before = busy.at(-1);
    if (before !== undefined && from <= before.to) before.to = Math.max(before.to, to);
    else busy.push({ from, to: Math.max(from, to) });
  }
  return busy;
}

function cutRests(busy: readonly Span[], busyMs: number): Span[] {
  const rests = busy.slice(1).map(({ from }, at) => ({ from: busy[at]?.to ?? from, to: from }));
  return rests
    .filter(({ from, to }) => to - from > Math.max(busyMs * LONGEST_REST, SHORTEST_CUT_MS))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, MOST_RESTS)
    .sort((a, b) => a.from - b.from);
}

/** How many of the spans there were at once, at most, in each of `columns` equal parts of the scale. */
export function countsAtOnce(spans: readonly Span[], scale: TimeScale, columns: number): number[] {
  const steps = spans
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      // One that took no time at all ends after it began, all the same.
      { at: Math.max(from + 1, to), by: -1 },
    ])
    // At the same moment one ends before the next one begins: its slot is what the other waited for.
    .sort((a, b) => a.at - b.at || a.by - b.by);
  const counts = new Array<number>(columns).fill(0);
  let column = 0;
  let now = 0;
  for (const { at, by } of steps) {
    const here = Math.min(columns - 1, Math.floor(scale.place(at) * columns));
    // What runs on from an earlier column is there in all of these.
    for (; column < here; column += 1) counts[column + 1] = now;
    now = Math.max(0, now + by);
    counts[here] = Math.max(counts[here] ?? 0, now);
  }
  return counts;
}
