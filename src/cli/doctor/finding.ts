/** What a check found. Only a `problem` makes `andwait doctor` fail: the machine will do wrong, or do nothing, until somebody acts. */
import type { Program } from '../../core/program.ts';

export interface Finding {
  /** One word, the same in every version: what it is about. */
  readonly about: string;
  readonly level: 'ok' | 'note' | 'problem';
  /** Quotes what was found. */
  readonly message: string;
  /** What to do; a command where there is one. */
  readonly remedy?: string;
}

/** Contract: changes nothing that a next command would not change as well, and never rejects for what it finds. */
export type Check = (program: Program) => Promise<readonly Finding[]>;

export interface NamedCheck {
  /** That of its first finding. */
  readonly about: string;
  readonly check: Check;
}
