/** What a page says, as text for a model: HTML becomes markdown. Pages are anybody's: the time that takes is limited. */
import { TimeLimitError, withTimeLimit } from '../../../wire/schemas/time-limit.ts';
import { ToolFailure } from '../typed-tool.ts';

const CONVERT_LIMIT_MS = 5_000;
/** The longest of articles are a tenth of it; conversion takes seconds a megabyte. */
const MAX_HTML_CHARACTERS = 2_000_000;

const TEXT_TYPE =
  /^(text\/|$)|[/+](json|xml|yaml|x-yaml|toml|javascript|ecmascript|x-sh|csv|x-ndjson|graphql|sql)$/;
const SHOWS_NOTHING = ['script', 'style', 'noscript', 'iframe', 'template', 'object', 'embed'] as const;

/** `undefined`: it is no text. */
export async function pageText(contentType: string, body: Buffer): Promise<string | undefined> {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (!TEXT_TYPE.test(type) || body.subarray(0, 8_192).includes(0)) return undefined;
  const text = decode(body, charsetIn(contentType) ?? declaredCharset(body));
  const isHtml = /html/.test(type) || (type === '' && /^\s*<(!doctype|html)/i.test(text.slice(0, 1_000)));
  return isHtml ? await markdownOf(text) : text;
}

async function markdownOf(html: string): Promise<string> {
  const { default: TurndownService } = await import('turndown');
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' });
  service.remove([...SHOWS_NOTHING]);
  const isCut = html.length > MAX_HTML_CHARACTERS;
  try {
    const text = withTimeLimit(CONVERT_LIMIT_MS, () => service.turndown(html.slice(0, MAX_HTML_CHARACTERS)));
    return isCut ? `${text}\n\n[The page is longer: its rest was not read.]` : text;
  } catch (error) {
    // Tags nested by the thousand end in a full stack.
    if (!(error instanceof TimeLimitError) && !isRangeError(error)) throw error;
    throw new ToolFailure(
      `The page is built in such a way that its text cannot be read (${error instanceof Error ? error.message : 'too deep'}).`,
    );
  }
}

/** It may come from another realm. */
function isRangeError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError';
}

function charsetIn(contentType: string): string | undefined {
  return /charset="?([\w-]+)/i.exec(contentType)?.[1];
}

function declaredCharset(body: Buffer): string | undefined {
  return /<meta[^>]{0,200}charset="?([\w-]+)/i.exec(body.subarray(0, 2_048).toString('latin1'))?.[1];
}

function decode(body: Buffer, charset = 'utf-8'): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder().decode(body);
  }
}
