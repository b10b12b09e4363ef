/** One agent's work in words, as far as it has been written: read on each time it is asked, for those who watch. */
import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { LineTail } from '../../journal/follow/line-tail.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { TranscriptWords } from '../../report/transcript/transcript-words.ts';
import { streamItemOf } from '../../wire/events/stream-item.ts';

/**
 * A transcript; or, of a recipe's own call, what its program printed, in whatever format that was; `undefined` while there
 * is none. An agent may have put something else there: reading a pipe would wait for ever, and a link leads anywhere.
 */
export function recordOf(folder: RunFolder, call: number): string | undefined {
  const files = [folder.transcriptFile(call), folder.printedFile(call)];
  return files.find((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** What is printed for people does not begin so, or hardly ever. */
export function isStream(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const first = Buffer.alloc(1);
    return readSync(descriptor, first, 0, 1, 0) === 1 && first.toString() === '{';
  } finally {
    closeSync(descriptor);
  }
}

export class CallLog {
  readonly #find: () => string | undefined;
  readonly #asJson: boolean;
  #reader: { readonly tail: LineTail; readonly words: (line: Buffer) => string[] } | undefined;

  constructor(folder: RunFolder, call: number, { asJson = false }: { readonly asJson?: boolean } = {}) {
    this.#find = () => recordOf(folder, call);
    this.#asJson = asJson;
  }

  /** Lines of words since the last time; nothing while nothing was written. */
  read(): string[] {
    if (this.#reader === undefined) {
      const file = this.#find();
      if (file === undefined) return [];
      this.#reader = { tail: new LineTail(file), words: this.#wordsFor(file) };
    }
    const { tail, words } = this.#reader;
    const lines: string[] = [];
    tail.read((line) => {
      for (const told of words(line)) lines.push(told);
    });
    return lines;
  }

  /** Nothing is written any more: what stands behind the last line feed counts as a line, too. */
  rest(): string[] {
    const lines = this.read();
    const rest = this.#reader?.tail.rest() ?? Buffer.alloc(0);
    return rest.length === 0 ? lines : [...lines, ...(this.#reader?.words(rest) ?? [])];
  }

  #wordsFor(file: string): (line: Buffer) => string[] {
    if (this.#asJson) return (line) => [line.toString('utf8')];
    if (!isStream(file)) return (line) => [safeText(line.toString('utf8'))];
    const words = new TranscriptWords();
    return (line) => {
      const item = streamItemOf(line);
      return item === undefined ? [] : words.lines(item);
    };
  }
}
