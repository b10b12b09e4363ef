/** One word of a shell command as far as it can be known before it runs. */
import type { Word, WordPart } from 'unbash';

export interface ShellWord {
  /** What the program will get; `undefined` where only the shell will know. */
  readonly text: string | undefined;
  /** As written. */
  readonly raw: string;
  /** Nothing about it is open but which files a pattern finds. */
  readonly isGlob: boolean;
  /** It is the output of a command that is judged by itself. */
  readonly isStream: boolean;
  /** It begins with a `~` that the shell replaces. */
  readonly hasTilde: boolean;
}

export function shellWord(word: Word): ShellWord {
  const parts = word.parts ?? [];
  const isStatic = parts.every(isStaticPart);
  const hasTilde = word.text.startsWith('~');
  // An assignment-like word has its tildes replaced in the middle as well.
  const isOpen = /[=:]~/.test(word.text);
  return {
    text: isStatic && !isOpen ? word.value : undefined,
    raw: word.text,
    isGlob: !isStatic && parts.every((part) => isStaticPart(part) || part.type === 'Glob'),
    isStream: parts.length === 1 && parts[0]?.type === 'ProcessSubstitution',
    hasTilde,
  };
}

/** A word that nobody wrote, such as one that a launcher adds. */
export function knownWord(text: string): ShellWord {
  return { text, raw: text, isGlob: false, isStream: false, hasTilde: false };
}

export const UNKNOWN_WORD: ShellWord = {
  text: undefined,
  raw: '',
  isGlob: false,
  isStream: false,
  hasTilde: false,
};

function isStaticPart(part: WordPart): boolean {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return true;
    case 'DoubleQuoted':
      return part.parts.every(({ type }) => type === 'Literal');
    default:
      return false;
  }
}
