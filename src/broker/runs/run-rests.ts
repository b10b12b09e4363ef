/** Who waits for a run's calls to come to rest. */

/** `quiet`: none of them holds a slot. `stalled`: and some of them wait. `over`: none is open. */
export type Rest = 'quiet' | 'stalled' | 'over';

export class RunRests {
  readonly #waiting: Record<Rest, (() => void)[]> = { quiet: [], stalled: [], over: [] };

  until(rest: Rest): Promise<void> {
    return new Promise((resolve) => void this.#waiting[rest].push(resolve));
  }

  /** After any change: how many calls are open, and whether all of them wait. */
  look(open: number, allWait: () => boolean): void {
    const { quiet, stalled, over } = this.#waiting;
    if (quiet.length + stalled.length + over.length === 0 || !allWait()) return;
    const told = open === 0 ? [quiet, over] : [quiet, stalled];
    for (const resolve of told.flatMap((each) => each.splice(0))) resolve();
  }
}
