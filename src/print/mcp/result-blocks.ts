/** What a server answered, as the API takes it: it knows text and four kinds of pictures, and refuses the whole conversation over any other. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { documentType, MAX_IMAGE_BYTES } from '../tools/files/media-type.ts';

/** What a model is shown of one text. */
const MAX_CHARACTERS = 100_000;

export function resultBlocks(content: unknown): JsonObject[] {
  return (Array.isArray(content) ? content.filter(isJsonObject) : []).map(blockOf);
}

function blockOf(part: JsonObject): JsonObject {
  const { type, text, data, mimeType, resource } = part;
  if (typeof data === 'string')
    return (type === 'image' ? pictureOf(data) : undefined) ?? bytesOf(part, data);
  if (isJsonObject(resource) && typeof resource['blob'] === 'string') {
    return bytesOf(
      { type: 'resource', mimeType: mimeType ?? resource['mimeType'] ?? null },
      resource['blob'],
    );
  }
  return textBlock(typeof text === 'string' ? text : JSON.stringify(part));
}

/** By its bytes: the API refuses a picture that is another than it is said to be. */
function pictureOf(data: string): JsonObject | undefined {
  const bytes = Buffer.from(data, 'base64');
  const kind = documentType(bytes.subarray(0, 16));
  if (kind?.startsWith('image/') !== true || bytes.length > MAX_IMAGE_BYTES) return undefined;
  return { type: 'image', source: { type: 'base64', media_type: kind, data: bytes.toString('base64') } };
}

function bytesOf({ type, mimeType }: JsonObject, data: string): JsonObject {
  const kind = typeof mimeType === 'string' ? mimeType : 'no type given';
  const bytes = Buffer.byteLength(data, 'base64');
  return textBlock(`[${String(type)} of ${bytes} bytes (${kind}), which cannot be shown]`);
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text: text === '' ? '(empty)' : cut(text) };
}

function cut(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, MAX_CHARACTERS)}\n… (${text.length - MAX_CHARACTERS} more characters are left out)`;
}
