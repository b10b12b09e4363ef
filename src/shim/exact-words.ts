/**
 * Bytes that are no UTF-8 do not survive Node's strings, and a caller's words are not ours to mend: such a word goes to
 * the real program in octal, through a shell that puts it together again.
 */
import { readFileSync } from 'node:fs';

const REPLACEMENT = '\uFFFD';
/** A word of a command line is at most 128 KiB, and four characters stand for one byte. */
const PIECE_BYTES = 24 * 1024;

/** Puts its words together: `=text` is one as it stands, `+octal` a piece of one, `.` its end. */
export const WORDS_SCRIPT = [
  'for aw_w do shift; case $aw_w in',
  `=*) set -- "$@" "\${aw_w#=}";;`,
  // The shell drops line feeds from the end of what a command says: hence the x.
  `+*) aw_p=$(printf "\${aw_w#+}x"); aw_v=$aw_v\${aw_p%x};;`,
  '*) set -- "$@" "$aw_v"; aw_v=;; esac; done',
].join(' ');

/** The words in the form `WORDS_SCRIPT` takes; `undefined` when none of them needs it, or nobody knows their bytes. */
export function exactWords(
  words: readonly string[],
  commandLine: () => readonly Buffer[],
): string[] | undefined {
  if (!words.some((word) => word.includes(REPLACEMENT))) return undefined;
  const bytes = commandLine().slice(-words.length);
  if (bytes.length !== words.length) return undefined;
  if (bytes.every((word, index) => word.equals(Buffer.from(words[index] ?? '')))) return undefined;
  return bytes.flatMap((word, index) => {
    const text = words[index] ?? '';
    return word.equals(Buffer.from(text)) ? [`=${text}`] : [...pieces(word), '.'];
  });
}

function pieces(word: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < word.length; at += PIECE_BYTES) {
    const octal = Array.from(
      word.subarray(at, at + PIECE_BYTES),
      (byte) => `\\${byte.toString(8).padStart(3, '0')}`,
    );
    found.push(`+${octal.join('')}`);
  }
  return found;
}

/** Our own command line, as the kernel keeps it. */
export function ownCommandLine(): readonly Buffer[] {
  try {
    const bytes = readFileSync('/proc/self/cmdline');
    const words: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0, at);
      words.push(bytes.subarray(at, end === -1 ? bytes.length : end));
      at = end === -1 ? bytes.length : end + 1;
    }
    return words;
  } catch {
    return [];
  }
}
