/** Files that rules keep from being read, for tools that look through what nobody named: a search finds none of them. */
export interface HiddenFiles {
  /** False: no file need be asked about. */
  readonly any: boolean;
  /** Absolute. */
  has(file: string): boolean;
}

export const NO_HIDDEN_FILES: HiddenFiles = { any: false, has: () => false };
