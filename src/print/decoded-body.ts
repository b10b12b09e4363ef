/** The bytes of an answer as they were before somebody compressed them. Most never are: what undoes it is loaded when it is needed. */
import type { IncomingMessage } from 'node:http';

export async function decodedBody(incoming: IncomingMessage): Promise<AsyncIterable<Buffer>> {
  const coding = (incoming.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (coding === '' || coding === 'identity') return incoming;
  const zlib = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const decoder = coding === 'br' ? zlib.createBrotliDecompress() : zlib.createUnzip();
  // The decoder ends with the same error: whoever reads it learns of it there.
  return pipeline(incoming, decoder, () => {});
}
