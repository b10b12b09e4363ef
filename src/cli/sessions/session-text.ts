/** One session in words, for an agent to read: bounded, without secrets, every foreign line behind a mark of ours. */
import type { SessionDigest } from '../../journal/claude-sessions/session-digest.ts';
import type { UserInput } from '../../journal/claude-sessions/user-input.ts';
import { safeLine, safeText } from '../../report/text/safe-text.ts';
import type { Redaction } from './redacted.ts';

/** Of one input, of all inputs of a session. */
const INPUT_CHARACTERS = 1500;
const SESSION_BYTES = 12_000;
/** Readers of files cut longer lines. */
const LINE_CHARACTERS = 500;
const WORD_CHARACTERS = 200;
const TOOLS = 12;

export interface SessionText {
  readonly text: string;
  readonly inputs: number;
  /** Not shown: those between the first and the last. */
  readonly inputsLeftOut: number;
  readonly inputsShortened: number;
}

export function sessionText(n: number, digest: SessionDigest, redaction: Redaction): SessionText {
  const word = (text: string): string => cut(redaction.of(safeLine(text)), WORD_CHARACTERS);
  const shown = chosen(digest.inputs.map((input) => inputText(input, redaction)));
  const inputsLeftOut = digest.inputsLeftOut + digest.inputs.length - shown.length;
  const facts = [
    ...digest.titles.map((title) => `title: ${word(title)}`),
    `project: ${digest.cwds.map(word).join(', ') || 'not told'}`,
    ...(digest.branches.length === 0 ? [] : [`branch: ${digest.branches.map(word).join(', ')}`]),
    `when: ${when(digest)}`,
    `model: ${digest.models.map(word).join(', ') || 'none'}; ${digest.replies} replies; tokens: ${digest.tokens.input} in, ${digest.tokens.cached} from cache, ${digest.tokens.output} out${digest.costUsd === undefined ? '' : `; $${digest.costUsd.toFixed(2)}`}`,
    `tools: ${toolWords(digest, word)}`,
    `trouble: ${troubleWords(digest)}`,
    ...digest.tools.samples.map(({ tool, text }) => `failed ${word(tool)}: ${word(text)}`),
    `inputs: ${shown.length + inputsLeftOut}${inputsLeftOut === 0 ? '' : ` (${inputsLeftOut} between the first and the last are left out)`}`,
  ];
  const text = [`## Session ${n}`, ...facts, '', ...shown.flatMap(({ lines }) => [...lines, ''])].join('\n');
  return {
    text,
    inputs: shown.length,
    inputsLeftOut,
    inputsShortened: shown.filter(({ isShortened }) => isShortened).length,
  };
}

interface InputText {
  readonly lines: readonly string[];
  readonly isShortened: boolean;
  readonly bytes: number;
}

function inputText({ kind, text, characters }: UserInput, redaction: Redaction): InputText {
  // In this order: a colour before a key would join it to a word, and what nobody sees would cut it in two.
  const clean = redaction.of(safeText(text)).trim();
  const kept = cut(clean, INPUT_CHARACTERS);
  const isShortened = kept !== clean || text.length < characters;
  const note = isShortened ? ` (beginning of at least ${characters} characters)` : '';
  const lines = [
    `[${kind}${note}]`,
    ...kept
      .split('\n')
      .flatMap(pieces)
      .map((line) => `> ${line}`),
  ];
  return { lines, isShortened, bytes: Buffer.byteLength(lines.join('\n')) + 2 };
}

/** From the beginning until two thirds of the room are taken, then from the end. */
function chosen(inputs: readonly InputText[]): readonly InputText[] {
  let room = SESSION_BYTES;
  let first = 0;
  for (; first < inputs.length; first += 1) {
    const { bytes } = inputs[first] as InputText;
    if (first > 0 && room - bytes < SESSION_BYTES / 3) break;
    room -= bytes;
  }
  let last = inputs.length;
  for (; last > first; last -= 1) {
    const { bytes } = inputs[last - 1] as InputText;
    if (bytes > room) break;
    room -= bytes;
  }
  return [...inputs.slice(0, first), ...inputs.slice(last)];
}

function pieces(line: string): string[] {
  if (line.length <= LINE_CHARACTERS) return [line];
  return line.match(new RegExp(`[\\s\\S]{1,${LINE_CHARACTERS}}`, 'gu')) ?? [];
}

function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '')}…`;
}

function when({ firstAt, lastAt }: SessionDigest): string {
  if (firstAt === undefined || lastAt === undefined) return 'not told';
  const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `${time(firstAt)} to ${time(lastAt)} UTC (${Math.max(0, Math.round((lastAt - firstAt) / 60_000))} min)`;
}

function toolWords({ tools }: SessionDigest, word: (text: string) => string): string {
  const counts = tools.counts;
  const shown = counts
    .slice(0, TOOLS)
    .map(
      ({ name, calls, failures }) => `${word(name)} ${calls}${failures === 0 ? '' : ` (${failures} failed)`}`,
    );
  const more = counts.length > TOOLS ? [`and ${counts.length - TOOLS} more`] : [];
  return [...shown, ...more].join(', ') || 'none';
}

function troubleWords({ tools, interruptions, apiErrors, compactions }: SessionDigest): string {
  const failures = tools.counts.reduce((sum, count) => sum + count.failures, 0);
  const counts: readonly (readonly [number, string])[] = [
    [interruptions, 'times interrupted by the person'],
    [tools.refused, 'tool calls refused by the person'],
    [failures, 'failed tool calls'],
    [apiErrors, 'API errors'],
    [compactions, 'times the context was full'],
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.join(', ') || 'none';
}
