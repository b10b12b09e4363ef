/** One unit of a map's input: what its prompt is made of, and what its record in the output repeats. */
import type { Json } from '../../core/json.ts';

/** How stdin is cut into items. `nul`: texts that each end with a NUL byte, as names of files do where any may hold a line feed. */
export const INPUT_KINDS = ['lines', 'nul', 'ndjson', 'tsv', 'csv'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

export interface MapItem {
  /** Position among the items, from 1; lines that are skipped have none. */
  readonly seq: number;
  /** What `{}` stands for: the line, or the whole record as it was written. */
  readonly text: string;
  /** What the output repeats: the line as a string, the record as a value. */
  readonly input: Json;
  /** Named values; `undefined` where the input has no names. */
  readonly fields: ItemFields | undefined;
  /** Why it cannot be asked, in words; no agent is spent on it. */
  readonly problem: string | undefined;
}

export interface ItemFields {
  readonly names: readonly string[];
  get(name: string): Json | undefined;
}
