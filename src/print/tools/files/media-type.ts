/** What a file is by its first bytes: its name may say anything. */

/** Of a picture, as a file: larger ones the API refuses. */
export const MAX_IMAGE_BYTES = 3_750_000;

/** Pictures and documents that the API takes as they are. */
export function documentType(start: Buffer): string | undefined {
  const latin = start.subarray(0, 16).toString('latin1');
  if (latin.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (latin.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(latin)) return 'image/gif';
  if (/^RIFF[\s\S]{4}WEBP/.test(latin)) return 'image/webp';
  return latin.startsWith('%PDF-') ? 'application/pdf' : undefined;
}

/** Text has no zero bytes; UTF-16 has, and is not shown either. */
export function isBinary(start: Buffer): boolean {
  return start.includes(0);
}
