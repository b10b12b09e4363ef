/**
 * Claude Code hands an agent its prompt in a frame: a notice that names where the text comes from, then every line of it
 * indented by two spaces, so that no line of it can pass for the notice. What follows unindented is the program's again
 * (it tells an isolated agent where it works).
 */
const NOTICE_END = 'The computed task text follows:\n';
const INDENT = '  ';

/** The prompt itself; a text without the frame is taken as it stands. */
export function unframedPrompt(text: string): string {
  const end = text.indexOf(NOTICE_END);
  const lines = end === -1 ? [] : text.slice(end + NOTICE_END.length).split('\n');
  const after = lines.findIndex((line) => !line.startsWith(INDENT));
  const own = after === -1 ? lines : lines.slice(0, after);
  return own.length === 0 ? text : own.map((line) => line.slice(INDENT.length)).join('\n');
}
