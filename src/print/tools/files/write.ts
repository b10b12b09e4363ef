/** `Write`: a whole file. One that is there already must have been read: what the model does not know it does not destroy. */

import type { Tool } from '../tool.ts';
import { text } from '../tool-fields.ts';
import { typedTool } from '../typed-tool.ts';
import { type Writer, writePlace, writeWhole } from './file-bytes.ts';
import type { FileToolDeps } from './read.ts';

const FIELDS = {
  file_path: text('The file, absolute or from the working directory'),
  content: text('All that is to be in it'),
};

export function write({ folder, seen, writer }: FileToolDeps & { readonly writer: Writer }): Tool {
  return typedTool({
    name: 'Write',
    description:
      'Writes a file whole; folders above it are made. A file that exists must have been read before. To change part of a file, use Edit.',
    fields: FIELDS,
    isReadOnly: false,
    async run({ file_path: shown, content }) {
      const place = await writePlace(folder.resolve(shown), shown);
      if (place.stats !== undefined) seen.demand(place.file, place.stats);
      await writeWhole(place, Buffer.from(content, 'utf8'), writer);
      await seen.noteNow(place.file);
      const isNew = place.stats === undefined;
      return {
        content: isNew
          ? `File created successfully at: ${shown}`
          : `The file ${shown} has been updated successfully.`,
        isError: false,
        forPrograms: {
          type: isNew ? 'create' : 'update',
          filePath: shown,
          content,
          structuredPatch: [],
          originalFile: null,
          userModified: false,
        },
      };
    },
  });
}
