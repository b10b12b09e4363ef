/** Workflow commands of GitHub Actions: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** GitHub shows so many of one level for each step, and drops the rest unsaid. */
const MAX_OF_LEVEL = 10;

export function annotationLine({ level, title, message }: Annotation): string {
  return `::${level} title=${property(title)}::${data(message)}`;
}

/** As many as GitHub shows; where there are more, the last says how many. */
export function annotationLines(annotations: readonly Annotation[], more: string): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const ofLevel = annotations.filter((annotation) => annotation.level === level);
    if (ofLevel.length <= MAX_OF_LEVEL) return ofLevel.map(annotationLine);
    const shown = ofLevel.slice(0, MAX_OF_LEVEL - 1);
    const rest = {
      level,
      title: 'andwait',
      message: `${ofLevel.length - shown.length} more ${level}s: ${more}`,
    };
    return [...shown, rest].map(annotationLine);
  });
}

export function groupLine(title: string): string {
  return `::group::${data(title)}`;
}

export const END_GROUP = '::endgroup::';

/** Until `resumeLine` of the same token nothing in the log is a command. The token must be one that nobody can guess. */
export function stopLine(token: string): string {
  return `::stop-commands::${token}`;
}

export function resumeLine(token: string): string {
  return `::${token}::`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The runner looks for `::` at the beginning of a line, white space aside, and for the older `##[` anywhere in it. */
const COMMAND = /^[^\S\n]*::|##\[/m;
const ZERO_WIDTH_SPACE = '\u200b';

/**
 * Text for a log that is read for commands, without any: JSON keeps its meaning, and other text is given a character
 * that shows nothing.
 */
export function withoutCommands(text: string): string {
  if (!COMMAND.test(text)) return text;
  if (isJsonLines(text)) return text.replaceAll('##[', '#\\u0023[');
  return text
    .replace(/^([^\S\n]*):(?=:)/gm, `$1:${ZERO_WIDTH_SPACE}`)
    .replaceAll('##[', `#${ZERO_WIDTH_SPACE}#[`);
}

function isJsonLines(text: string): boolean {
  try {
    for (const line of text.split('\n')) if (line.trim() !== '') JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
