/** The matches in one text, as ripgrep would print them. */
import type { GrepInput } from './grep-order.ts';
import { lineCount } from './ripgrep.ts';

const MAX_COLUMNS = 500;

export function matchesIn(content: string, name: string, expression: RegExp, input: GrepInput): string[] {
  const mode = input.output_mode ?? 'files_with_matches';
  if (mode === 'files_with_matches') return content.search(expression) >= 0 ? [name] : [];
  const starts = lineStarts(content);
  const spans = spansOf(content, expression, starts, input.multiline === true);
  if (spans.length === 0) return [];
  if (mode === 'count') return [`${name}:${new Set(spans.map(({ first }) => first)).size}`];
  const numbers = input['-n'] !== false;
  const label = (line: number, mark: ':' | '-'): string =>
    `${name}${mark}${numbers ? `${line + 1}${mark}` : ''}`;
  if (input['-o'] === true) return spans.map(({ first, text }) => label(first, ':') + cut(text));
  const around = input['-C'] ?? input.context;
  const before = lineCount(around ?? input['-B']);
  const after = lineCount(around ?? input['-A']);
  const matched = new Set<number>();
  const shown = new Set<number>();
  for (const { first, last } of spans) {
    for (let line = first; line <= last; line += 1) matched.add(line);
    const end = Math.min(starts.length - 1, last + after);
    for (let line = Math.max(0, first - before); line <= end; line += 1) shown.add(line);
  }
  const lines: string[] = before + after > 0 ? ['--'] : [];
  let previous: number | undefined;
  for (const line of [...shown].sort((a, b) => a - b)) {
    if (previous !== undefined && line > previous + 1 && before + after > 0) lines.push('--');
    lines.push(label(line, matched.has(line) ? ':' : '-') + cut(lineAt(content, starts, line)));
    previous = line;
  }
  return lines;
}

interface Span {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

function spansOf(content: string, expression: RegExp, starts: readonly number[], multiline: boolean): Span[] {
  const spans: Span[] = [];
  if (multiline) {
    for (const match of content.matchAll(expression)) {
      const first = lineOf(starts, match.index);
      const last = lineOf(starts, Math.max(match.index, match.index + match[0].length - 1));
      spans.push({ first, last, text: match[0] });
    }
    return spans;
  }
  for (let line = 0; line < starts.length; line += 1) {
    const text = lineAt(content, starts, line);
    for (const match of text.matchAll(expression)) spans.push({ first: line, last: line, text: match[0] });
  }
  return spans;
}

/** What follows the last line feed is no line when it is empty. */
function lineStarts(content: string): number[] {
  const starts: number[] = content === '' ? [] : [0];
  for (
    let at = content.indexOf('\n');
    at >= 0 && at + 1 < content.length;
    at = content.indexOf('\n', at + 1)
  ) {
    starts.push(at + 1);
  }
  return starts;
}

function lineAt(content: string, starts: readonly number[], line: number): string {
  return content.slice(starts[line], starts[line + 1]).replace(/\r?\n$/, '');
}

function lineOf(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cut(line: string): string {
  return line.length > MAX_COLUMNS ? `${line.slice(0, MAX_COLUMNS)}… [cut]` : line;
}
