/** Files that are not to be read, for tools that look through what nobody named: a search finds none of them. */
export interface HiddenFiles {
  /** False: no file in the folder need be asked about. Absolute. */
  within(dir: string): boolean;
  /** Absolute. */
  has(file: string): boolean;
}

export const NO_HIDDEN_FILES: HiddenFiles = { within: () => false, has: () => false };
