/** `--results DIR`: a folder for each item, with the files that GNU parallel writes, and the record. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, UserError } from '../../core/exit.ts';
import { makeFolders } from '../../wire/files/make-folders.ts';
import type { ItemResult } from '../../workflow/map/ask-item.ts';
import { answerText, type MapRecord } from './map-record.ts';

/** `DIR/SEQ/`: named by number, since an item has more characters than a file name may. `record.json` comes last. */
export async function writeResults(dir: string, result: ItemResult, record: MapRecord): Promise<void> {
  const { item } = result;
  const folder = path.join(dir, String(item.seq));
  const files: readonly (readonly [string, string])[] = [
    ['seq', String(item.seq)],
    ['input', item.text],
    ['stdout', answerText(result)],
    ['stderr', errorText(result)],
    ['record.json', `${JSON.stringify(record)}\n`],
  ];
  try {
    // The user's own place, as open to others as they have it.
    makeFolders(folder);
    for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  } catch (error) {
    throw new UserError(
      `the results of item ${item.seq} cannot be written to ${folder} (${(error as NodeJS.ErrnoException).code})`,
      EXIT.scriptFailed,
    );
  }
}

function errorText({ end }: ItemResult): string {
  if (end.kind === 'unfit') return `${end.message}\n`;
  if (end.outcome.kind === 'reply') return '';
  const { message, stderrTail } = end.outcome;
  return [message, stderrTail ?? '']
    .filter((part) => part !== '')
    .join('\n')
    .trimEnd()
    .concat('\n');
}
