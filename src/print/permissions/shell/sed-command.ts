/** `sed`, as far as its scripts are plain: its language can write files and start programs, so all else is a matter for a rule. */
import type { ShellWord } from './shell-word.ts';

export interface SedUse {
  readonly kind: 'reads' | 'edits';
  readonly files: readonly ShellWord[];
}

export function sedUse(words: readonly ShellWord[]): SedUse | undefined {
  if (words[0]?.text !== 'sed') return undefined;
  const args = words.slice(1);
  const isOption = ({ text }: ShellWord): boolean => text !== undefined && /^-./.test(text);
  const options = args.filter(isOption).map(({ text }) => text ?? '');
  const [script, ...files] = args.filter((word) => !isOption(word));
  if (script?.text === undefined || script.hasTilde) return undefined;
  const plain = options.every((option) =>
    /^(-[nErisz]+|--quiet|--silent|--regexp-extended|--in-place)$/.test(option),
  );
  if (!plain) return undefined;
  const inPlace = options.some((option) => option === '--in-place' || /^-[a-zE]*i[a-zE]*$/.test(option));
  if (inPlace) {
    // `-in` is a backup suffix, and no second option.
    const isClear = options.every(
      (option) => option === '--in-place' || !/i./.test(option.replace(/^--.*/, '')),
    );
    return isClear && isPlainReplacement(script.text) ? { kind: 'edits', files } : undefined;
  }
  const isPrint = /^(\d+|\$)?(,(\d+|\$))?p$/.test(script.text);
  return isPrint || isPlainReplacement(script.text) ? { kind: 'reads', files } : undefined;
}

/** `s/a/b/g`, and nothing behind it. */
function isPlainReplacement(script: string): boolean {
  const sign = script[1] ?? '';
  if (script[0] !== 's' || !/^[/|#,:@!%]$/.test(sign) || script.includes('\n')) return false;
  const parts: string[] = [''];
  for (let n = 2; n < script.length; n += 1) {
    const char = script.charAt(n);
    if (char === '\\') n += 1;
    else if (char === sign) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.length === 3 && /^[gIip\d]*$/.test(parts[2] ?? '');
}
