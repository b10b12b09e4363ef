/** What a script may use up before it is ended. */

export interface ScriptLimits {
  /** Longest stretch of work without waiting. */
  readonly syncMs: number;
  /** JavaScript heap of the script's process. */
  readonly heapMb: number;
  /** Resident memory of the script's process: array buffers live outside the heap. */
  readonly residentMb: number;
  /** Longest single message across the wall, and all text that a run may log. */
  readonly messageBytes: number;
}

/** Room for a thousand results of a quarter of a megabyte; a result of 10 MB fits a message six times over. */
export const DEFAULT_LIMITS: ScriptLimits = {
  syncMs: 30_000,
  heapMb: 512,
  residentMb: 1024,
  messageBytes: 64 * 1024 * 1024,
};

/** Calls and timers of a run that wait at the same time: far above a cap of agents, far below what would hurt us. */
export const MAX_OPEN_REQUESTS = 100_000;
