/** The beginning of a text that may be fifty megabytes long, and how much more there is. */
import { countText } from '../text/figures.ts';
import { safeLines, shortLine } from '../text/safe-text.ts';

const LINE_CHARACTERS = 200;

/** At most `maxLines` lines of bounded length, then one that counts the rest. */
export function excerpt(text: string, maxLines: number): string[] {
  const bounded = text.slice(0, maxLines * LINE_CHARACTERS * 4);
  const lines = safeLines(bounded);
  const shown = lines
    .slice(0, maxLines)
    .map((line) => (line.length > LINE_CHARACTERS ? shortLine(line, LINE_CHARACTERS) : line));
  const hidden = lines.length - shown.length + lineFeeds(text, bounded.length);
  if (hidden > 0) shown.push(`… ${countText(hidden, 'more line')}`);
  else if (bounded.length < text.length) shown.push('…');
  return shown;
}

function lineFeeds(text: string, from: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
