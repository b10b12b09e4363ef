/** What one row of a side-by-side table says: how both programs are called, what the API answers them, and where they may differ. */
import type { ReplyBuilder } from '../../support/api/fake-messages-reply.ts';

/**
 * One call of the program. `{cwd}`, `{home}`, `{session}` (the id that the call before it told) and `{asked}` (the id of the
 * latest question) are put in wherever they stand in arguments, stdin and files.
 */
export interface Invocation {
  readonly args: readonly string[];
  /** Without it stdin is empty. Parts wait for what they say they come after, all told. */
  readonly stdin?: string | readonly StdinPart[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers, in the order of the requests; after them the markers in the prompt decide. */
  readonly replies?: readonly ReplyBuilder[] | ((cwd: string) => readonly ReplyBuilder[]);
  /** What happens to the program once the n-th request has come. */
  readonly interference?: Interference;
}

export interface StdinPart {
  readonly text: string;
  readonly afterResults?: number;
  readonly afterRequests?: number;
  /** Pieces of messages. */
  readonly afterPieces?: number;
  /** Questions whether a tool may be used. */
  readonly afterQuestions?: number;
}

export interface Interference {
  readonly afterRequests: number;
  readonly does: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'close-stdout';
}

/** A difference that was decided. Both that it is there and that there is no other are tested. */
export interface Difference {
  /** A path of the comparison, or the beginning of one; `*` stands for any text within one part of it. */
  readonly at: string;
  readonly because: string;
  /** The real program does either, from call to call: seen on one machine. */
  readonly sometimes?: true;
}

export interface Case {
  readonly title: string;
  /** Called one after the other in the same folders. */
  readonly calls: readonly Invocation[];
  /** Below the folder that holds `work` (the working directory) and `home`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files below the same folder that are looked at afterwards. */
  readonly looksAt?: readonly string[];
  readonly differences?: readonly Difference[];
}
