/**
 * What agents and scripts say is printed on a person's terminal: here it loses the power to move the cursor, retitle
 * the window, fill the clipboard, reverse the reading order or hide. Every text that is not ours passes through once.
 */

/**
 * Control strings whose body is an instruction, not text: OSC, DCS, SOS, PM and APC, up to their terminator. The body
 * stops at any control character, so an unterminated one costs no more than its introducer and the scan stays linear.
 */
const CONTROL_STRING = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)/g;
const CONTROL_SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
const ESCAPE_SEQUENCE = /\x1b[ -/]*[0-~]/g;

/** C0 but tab and line feed, DEL, C1: whatever taking sequences apart has left or put together anew. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Characters that show nothing, or change how others show: bidirectional controls, tag letters, fillers, interlinear
 * marks. The joiners and the two emoji variation selectors stay: words of several scripts and emoji need them.
 */
const INVISIBLE = /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Text of several lines: line feeds and tabs stay. A carriage return, which would write over what stands, becomes a line end. */
export function safeText(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\x85\u2028\u2029]/g, '\n')
    .replace(CONTROL_STRING, '')
    .replace(CONTROL_SEQUENCE, '')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** Text of one line: any white space, line ends included, becomes one space. */
export function safeLine(text: string): string {
  return safeText(text).replace(/\s+/g, ' ').trim();
}

/** The lines of a text, without the empty ones at its end. */
export function safeLines(text: string): string[] {
  return safeText(text).trimEnd().split('\n');
}

/** Foreign text as one line of at most `maxCharacters`: for places where no column has to line up. */
export function shortLine(text: string, maxCharacters: number): string {
  // Twice the room, because what is taken out must not make a long text look whole.
  const line = safeLine(text.slice(0, maxCharacters * 2));
  if (line.length <= maxCharacters && text.length <= maxCharacters * 2) return line;
  return `${line
    .slice(0, maxCharacters - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
