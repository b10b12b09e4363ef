/** What the host process holds of a realm: three functions, through which strings and numbers go, and nothing else. */

export interface Bridge {
  /** Runs the compiled body. `body` is the realm's own function; it is first called after this returned. */
  start(
    body: unknown,
    scope: number,
    path: string,
    argsJson: string | undefined,
    budgetTotal: number | null,
    messageBytes: number,
  ): void;
  deliver(kind: string, id: number, payload: string): void;
  /** The wall lines since the last time. */
  drain(): string;
}
