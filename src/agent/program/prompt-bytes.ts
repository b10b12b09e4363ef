/** A prompt as the agent program must read it on stdin: byte for byte the script's own, but for two that the program would not pass on. */

/**
 * The program refuses input that is empty or white space alone, and so does the model API. A script may ask it all
 * the same. The last line and the indent are the frame that workflow agents of the real engine get their prompts in,
 * so what reads those reads ours.
 */
const BLANK_FRAME = [
  'The script that started this agent gave it a task text that is empty or holds only white space.',
  'If nothing else tells you what to do, say so in one sentence.',
  'The computed task text follows:\n',
].join('\n');

const FRAME_INDENT = '  ';

export function promptBytes(prompt: string): string {
  if (prompt.trim() === '') return BLANK_FRAME + prompt.replace(/^/gm, FRAME_INDENT);
  // A leading slash would run a command of the program's own; one line feed before it keeps it a prompt.
  return prompt.startsWith('/') ? `\n${prompt}` : prompt;
}
