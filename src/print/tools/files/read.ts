/** `Read`: a file's lines with their numbers, a part of them where it is long; pictures and PDFs as the API takes them. */
import type { JsonObject } from '../../../core/json.ts';
import type { WorkingFolder } from '../shell/working-folder.ts';
import { type Tool, type ToolResult, toolError } from '../tool.ts';
import { number, optional, text } from '../tool-fields.ts';
import { ToolFailure, typedTool } from '../typed-tool.ts';
import { allBytes, type OpenedFile, openFile } from './file-bytes.ts';
import { LineRange } from './line-range.ts';
import { documentType, isBinary, MAX_IMAGE_BYTES } from './media-type.ts';
import type { SeenFiles } from './seen-files.ts';

export interface FileToolDeps {
  readonly folder: WorkingFolder;
  readonly seen: SeenFiles;
}

/** What the API takes: 5 MB of base64 a picture, 32 MB a request. */
const MAX_PDF_BYTES = 20_000_000;

const FIELDS = {
  file_path: text('The file, absolute or from the working directory'),
  offset: optional(number('The first line wanted, from 1')),
  limit: optional(number('How many lines are wanted')),
};

export function read({ folder, seen }: FileToolDeps): Tool {
  return typedTool({
    name: 'Read',
    description:
      'Reads a file. Lines come as number, tab, text. Give offset and limit for part of a long file. Also shows images (PNG, JPEG, GIF, WebP) and PDF files.',
    fields: FIELDS,
    tolerated: ['pages', 'allow_large'],
    isReadOnly: true,
    async run({ file_path: shown, offset, limit }) {
      const opened = await openFile(folder.resolve(shown), shown);
      if (opened === undefined) {
        return toolError(`File does not exist. Note: your current working directory is ${folder.current}.`);
      }
      await using file = opened;
      const start = await file.start(8_192);
      const media = documentType(start);
      const result =
        media === undefined
          ? await lines(file, shown, start, offset, limit)
          : await asDocument(file, shown, media);
      seen.note(file.file, file.stats);
      return result;
    },
  });
}

async function lines(
  file: OpenedFile,
  filePath: string,
  start: Buffer,
  offset: number | undefined,
  limit: number | undefined,
): Promise<ToolResult> {
  if (isBinary(start)) {
    throw new ToolFailure(
      `${filePath} is a binary file, which Read cannot show. Use a shell command that understands its format.`,
    );
  }
  const first = Math.max(1, Math.trunc(offset ?? 1));
  const range = new LineRange(first, limit === undefined ? undefined : Math.max(1, Math.trunc(limit)));
  for await (const chunk of file.chunks()) range.add(chunk);
  const { shown, total, cut } = range.end();
  const forPrograms = {
    type: 'text',
    file: {
      filePath,
      content: shown.join('\n'),
      numLines: shown.length,
      startLine: first,
      totalLines: total,
    },
  };
  const numbered = shown.map((line, index) => `${first + index}\t${line}`).join('\n');
  return { content: numbered + noteOn(first, shown.length, total, cut), isError: false, forPrograms };
}

function noteOn(first: number, count: number, total: number, cut: boolean): string {
  if (total === 0 || (total === 1 && count === 0 && first === 1)) {
    return '<system-reminder>The file exists but is empty.</system-reminder>';
  }
  if (first > total) {
    return `<system-reminder>The file is shorter than the offset given (${first}): it has ${total} lines.</system-reminder>`;
  }
  return cut
    ? `\n<system-reminder>Shown up to line ${first + count - 1} of ${total}: go on with offset ${first + count}.</system-reminder>`
    : '';
}

async function asDocument(file: OpenedFile, shown: string, mediaType: string): Promise<ToolResult> {
  const isPdf = mediaType === 'application/pdf';
  const bytes = await allBytes(file, isPdf ? MAX_PDF_BYTES : MAX_IMAGE_BYTES, shown);
  const source = { type: 'base64', media_type: mediaType, data: bytes.toString('base64') };
  const block: JsonObject = { type: isPdf ? 'document' : 'image', source };
  const size = { originalSize: bytes.length };
  return {
    content: [block],
    isError: false,
    forPrograms: isPdf
      ? { type: 'pdf', file: { filePath: shown, ...size } }
      : { type: 'image', file: { type: mediaType, base64: source.data, ...size } },
  };
}
