/** How many items of a map came to which end: a retried item counts once, by its last call. */
export interface ItemCounts {
  /** Items that were asked or found unfit; those that a joblog answers are not read as items. */
  readonly read: number;
  readonly replied: number;
  readonly failed: number;
  /** A person had them passed over. */
  readonly skipped: number;
  /** Answered from an earlier attempt; they count as replied too. */
  readonly replayed: number;
  /** Ended by us while they ran. */
  readonly stopped: number;
  /** Read, but never started: a cap, a halt or a signal came first. */
  readonly unrun: number;
}

export const NO_ITEMS: ItemCounts = {
  read: 0,
  replied: 0,
  failed: 0,
  skipped: 0,
  replayed: 0,
  stopped: 0,
  unrun: 0,
};
