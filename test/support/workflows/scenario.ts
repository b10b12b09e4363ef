/** One small play of a bundled workflow that every engine can be given: whoever answers sees the prompt and nothing else. */
import type { Json, JsonObject } from '../../../src/core/json.ts';

export interface Scenario {
  readonly args: Json;
  /** A pure function of the prompt: text, a value where the prompt's call has a schema, `null` where the agent fails. */
  readonly answer: (prompt: string) => string | JsonObject | null;
  /** Files of the folder it runs in, by their paths there. */
  readonly files?: Readonly<Record<string, string>>;
  /** The folder is a repository, and the files are committed. */
  readonly git?: true;
}
