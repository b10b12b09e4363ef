/** The help text, made from the flag table so that the two cannot differ. */
import { FLAGS } from './flag-table.ts';
import { titleOf } from './flag-title.ts';

const COLUMN = 34;
const WIDTH = 100;

export function helpText(): string {
  const flags = FLAGS.map((flag) => entry(titleOf(flag), flag.help)).join('\n');
  return `Usage: andwait-print [options] [prompt]

A headless agent: sends the prompt to a model and prints its reply. The prompt is the argument, stdin, or both.
It reads ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) and ANTHROPIC_BASE_URL; with CLAUDE_CODE_USE_BEDROCK,
CLAUDE_CODE_USE_VERTEX or CLAUDE_CODE_USE_FOUNDRY the model is asked at that cloud, with its credentials.

Options:
${flags}
`;
}

function entry(title: string, help: string): string {
  const lines = wrapped(help);
  const first = `  ${title}`.padEnd(COLUMN);
  const head = first.length > COLUMN ? [first, ' '.repeat(COLUMN) + lines[0]] : [first + lines[0]];
  return [...head, ...lines.slice(1).map((line) => ' '.repeat(COLUMN) + line)].join('\n');
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH - COLUMN) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
