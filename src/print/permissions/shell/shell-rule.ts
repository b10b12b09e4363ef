/** Whether a `Bash(…)` rule speaks for a command: word by word to grant, in every way it could be meant to forbid. */

import type { Rule } from '../rule.ts';
import { matchWildcard, UNKNOWN } from '../wildcard.ts';
import { baseName } from './launched-command.ts';
import type { ShellWord } from './shell-word.ts';

/** A space inside of one word: only a `*` stands for it. */
const INNER_SPACE = '\u0001';

/** `x:*` and `x *` are x alone, and x with more words. */
const PREFIX = /^([\s\S]*?)(?::\*| \*)$/;

function patternsOf(pattern: string): readonly string[] {
  const spaced = pattern.trim().replace(/[ \t]+/g, ' ');
  const prefix = PREFIX.exec(spaced)?.[1];
  return prefix === undefined || prefix === '' ? [spaced] : [prefix, `${prefix} *`];
}

/** `mustName`: how many words the rule has to name before its first `*`. */
export function grantsCommand(rule: Rule, words: readonly ShellWord[], mustName: number): boolean {
  if (rule.pattern === undefined || namedWords(rule.pattern) < mustName) return false;
  const text = words
    .map((word) => (word.text === undefined || word.hasTilde ? UNKNOWN : quoted(word.text)))
    .join(' ');
  return patternsOf(rule.pattern).some((pattern) => matchWildcard(pattern, text) === 'yes');
}

function quoted(word: string): string {
  return word === '' ? INNER_SPACE : word.replace(/\s/g, INNER_SPACE);
}

/** `npm run:*` names two words, `npm run*` one that is whole. */
function namedWords(pattern: string): number {
  const prefix = PREFIX.exec(pattern)?.[1] ?? '*';
  if (!prefix.includes('*')) return prefix.trim().split(/\s+/).length;
  const star = pattern.indexOf('*');
  if (star < 0) return Number.POSITIVE_INFINITY;
  return Math.max(1, pattern.slice(0, star).split(' ').length - 1);
}

/** A rule without `*` allows the very text that it quotes, whatever that does: somebody has read it. */
export function quotesCommand(rule: Rule, text: string): boolean {
  return rule.pattern !== undefined && !rule.pattern.includes('*') && rule.pattern === text.trim();
}

/** Of a pattern for file names the rest is known. */
function openText({ text, isGlob, raw }: ShellWord): string {
  if (text !== undefined) return text;
  return isGlob && /^[\w./*?-]+$/.test(raw) ? raw.replace(/[*?]+/g, UNKNOWN) : UNKNOWN;
}

export function forbidsCommand(rule: Rule, words: readonly ShellWord[], raw: string): 'yes' | 'maybe' | 'no' {
  if (rule.pattern === undefined) return 'yes';
  const plain = words.map(openText);
  const byName = [baseName(plain[0] ?? ''), ...plain.slice(1)];
  const texts = [plain.join(' '), byName.join(' '), raw.trim().replace(/\s+/g, ' ')];
  const answers = patternsOf(rule.pattern.toLowerCase()).flatMap((pattern) =>
    texts.map((text) => matchWildcard(pattern, text.toLowerCase())),
  );
  if (answers.includes('yes')) return 'yes';
  return answers.includes('maybe') ? 'maybe' : 'no';
}
