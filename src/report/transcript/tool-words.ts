/** A tool's use and its result in a line or a few. */
import type { JsonObject } from '../../core/json.ts';
import { shortLine } from '../text/safe-text.ts';
import { blocksAt, objectAt, textAt } from './event-reading.ts';
import { excerpt } from './excerpt.ts';

const INPUT_CHARACTERS = 160;
const RESULT_LINES = 5;

/** The one field that says what a use is about, in the tools one meets most. */
const TELLING_FIELDS = [
  'command',
  'file_path',
  'notebook_path',
  'path',
  'pattern',
  'url',
  'query',
  'description',
  'prompt',
];

/** `Bash: npm test`, `Read: src/a.ts`, `Grep: TODO`; of other tools the input itself. */
export function toolUseText(block: JsonObject): string {
  const input = objectAt(block, 'input');
  const telling = TELLING_FIELDS.map((field) => textAt(input, field)).find((text) => text !== undefined);
  const name = shortLine(textAt(block, 'name') ?? 'a tool without a name', 60);
  const shown = telling ?? JSON.stringify(input ?? {});
  return shown === '{}' ? name : `${name}: ${shortLine(shown, INPUT_CHARACTERS)}`;
}

/** What a tool gave back: the first lines of its text; other content by its kind. */
export function toolResultLines(block: JsonObject): string[] {
  const texts = blocksAt(block, 'content').map(
    (part) => textAt(part, 'text') ?? `(${textAt(part, 'type') ?? 'content'})`,
  );
  const lines = excerpt(texts.join('\n'), RESULT_LINES);
  return lines.join('') === '' ? ['(empty)'] : lines;
}
