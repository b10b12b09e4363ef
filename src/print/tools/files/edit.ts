/**
 * `Edit`: one piece of text in a file in place of another. Works on bytes, each as one character, so that what is not
 * replaced stays as it was: line ends, byte order marks, and bytes that are no UTF-8.
 */

import type { Tool, ToolResult } from '../tool.ts';
import { flag, optional, text } from '../tool-fields.ts';
import { ToolFailure, typedTool } from '../typed-tool.ts';
import { allBytes, openFile, type Writer, writePlace, writeWhole } from './file-bytes.ts';
import { isBinary } from './media-type.ts';
import type { FileToolDeps } from './read.ts';

const MAX_BYTES = 200_000_000;

const FIELDS = {
  file_path: text('The file, absolute or from the working directory'),
  old_string: text('What is to be replaced, exactly as it stands in the file'),
  new_string: text('What is to stand there instead'),
  replace_all: optional(flag('Replace every occurrence; false unless given')),
};

export function edit({ folder, seen, writer }: FileToolDeps & { readonly writer: Writer }): Tool {
  return typedTool({
    name: 'Edit',
    description:
      'Replaces text in a file that was read before. old_string must occur exactly once, without the line numbers of Read, unless replace_all is true. An empty old_string makes a new file.',
    fields: FIELDS,
    isReadOnly: false,
    async run({ file_path: shown, old_string: oldText, new_string: newText, replace_all: all = false }) {
      if (oldText === newText) {
        throw new ToolFailure('No changes to make: old_string and new_string are exactly the same.');
      }
      const file = folder.resolve(shown);
      const before = await content(file, shown, (real, stats) => seen.demand(real, stats));
      if (before === undefined && oldText !== '') {
        throw new ToolFailure(
          `File does not exist. Note: your current working directory is ${folder.current}.`,
        );
      }
      if (oldText === '' && before !== undefined && before.length > 0) {
        throw new ToolFailure(
          `Cannot create new file - ${shown} already exists. Give the text to replace as old_string.`,
        );
      }
      const after = oldText === '' ? bytesOf(newText) : replaced(before ?? '', oldText, newText, all);
      const place = await writePlace(file, shown);
      // Once more: it took time to read a large one.
      if (place.stats !== undefined) seen.demand(place.file, place.stats);
      await writeWhole(place, Buffer.from(after, 'latin1'), writer);
      await seen.noteNow(place.file);
      return edited(shown, oldText, newText, all);
    },
  });
}

type Check = (...known: Parameters<FileToolDeps['seen']['demand']>) => void;

async function content(file: string, shown: string, check: Check): Promise<string | undefined> {
  const opened = await openFile(file, shown);
  if (opened === undefined) return undefined;
  await using source = opened;
  check(source.file, source.stats);
  if (isBinary(await source.start(8_192))) {
    throw new ToolFailure(`${shown} is a binary file, which Edit cannot change.`);
  }
  return (await allBytes(source, MAX_BYTES, shown)).toString('latin1');
}

/** One character a byte. */
function bytesOf(given: string): string {
  return Buffer.from(given, 'utf8').toString('latin1');
}

function replaced(before: string, oldText: string, newText: string, all: boolean): string {
  const { from, to } = asInFile(before, bytesOf(oldText), bytesOf(newText));
  const found = before.split(from).length - 1;
  if (found === 0) throw new ToolFailure(`String to replace not found in file.\nString: ${oldText}`);
  if (found > 1 && !all) {
    throw new ToolFailure(
      `Found ${found} matches of the string to replace, but replace_all is false. Set replace_all to true to replace all of them, or give more of the text around the one that is meant.\nString: ${oldText}`,
    );
  }
  return before.split(from).join(to);
}

/** Models write line feeds: where the file's lines end otherwise, that is meant. */
function asInFile(before: string, from: string, to: string): { readonly from: string; readonly to: string } {
  const isCrlf = /\r\n/.test(before) && !/(?:^|[^\r])\n/.test(before);
  const crlf = (given: string): string => given.replace(/\r?\n/g, '\r\n');
  if (isCrlf || (!before.includes(from) && before.includes(crlf(from))))
    return { from: crlf(from), to: crlf(to) };
  return { from, to };
}

function edited(filePath: string, oldString: string, newString: string, replaceAll: boolean): ToolResult {
  return {
    content: replaceAll
      ? `The file ${filePath} has been updated. All occurrences were successfully replaced.`
      : `The file ${filePath} has been updated successfully.`,
    isError: false,
    forPrograms: {
      filePath,
      oldString,
      newString,
      originalFile: null,
      structuredPatch: [],
      userModified: false,
      replaceAll,
    },
  };
}
