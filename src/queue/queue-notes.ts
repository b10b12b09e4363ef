/** Small values that the queue's server keeps by name: what is no job, and what every host is to know. */

/** Contract: as that of the engine's other questions. A value that nobody has replaced for a week may be gone. */
export interface QueueNotes {
  /** In place of what stood there. One process writes under a name. */
  note(name: string, value: object): Promise<void>;
  /** As it was written; `undefined`: there is none. */
  noted(name: string): Promise<unknown>;
  forget(name: string): Promise<void>;
}
