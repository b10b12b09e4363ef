/** When a clock on the wall of some time zone will next show a time: how people, and programs for people, name a moment. */

export interface WallTime {
  /** 1 to 12. Without month and day: today or tomorrow. */
  readonly month?: number;
  readonly day?: number;
  readonly hour: number;
  readonly minute: number;
}

/** What was said to the minute may be over by seconds. */
const PAST_MS = 2 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Milliseconds since the epoch; `null`: there is no such zone, or no such time. */
export function nextTimeIn(zone: string, time: WallTime, now: number): number | null {
  const parts = wallOf(zone);
  if (parts === undefined) return null;
  const today = parts(now);
  const { month, day } = time;
  if (month === undefined || day === undefined) {
    const candidates = [0, 1].map((days) => {
      const date = new Date(Date.UTC(today.year, today.month - 1, today.day) + days * DAY_MS);
      return atWall(parts, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), time);
    });
    return candidates.find((at) => at >= now - PAST_MS) ?? null;
  }
  const candidates = [0, 1].map((years) => atWall(parts, today.year + years, month, day, time));
  return candidates.find((at) => at >= now - PAST_MS) ?? null;
}

interface Wall extends Required<WallTime> {
  readonly year: number;
}

function wallOf(zone: string): ((at: number) => Wall) | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    return (at) => {
      const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      const of = (name: Intl.DateTimeFormatPartTypes): number => shown.get(name) ?? 0;
      return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute') };
    };
  } catch {
    return undefined;
  }
}

/** Twice: the first guess may lie on the other side of a change of the clocks. */
function atWall(
  parts: (at: number) => Wall,
  year: number,
  month: number,
  day: number,
  { hour, minute }: WallTime,
): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let at = wanted;
  for (let round = 0; round < 2; round += 1) {
    const shown = parts(at);
    at += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  }
  return at;
}
