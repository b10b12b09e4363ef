/** Puts the prompt together from the argument and stdin. */
import type { Readable } from 'node:stream';
import type { Clock } from '../core/ports.ts';

export interface PromptSources {
  readonly argument: string | undefined;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export type PromptReading =
  | { readonly kind: 'ok'; readonly prompt: string }
  | { readonly kind: 'error'; readonly message: string };

/** Cron jobs and test runners hand down pipes that nobody writes to or closes. */
const SILENCE_MS = 3_000;

const MISSING =
  'Error: Input must be provided either through stdin or as a prompt argument when using --print';
const BLANK =
  'Error: Input contained only whitespace. Provide a prompt with text through stdin or as a prompt argument when using --print';
/** As measured. */
const MAX_PIPED_BYTES = 10 * 1024 * 1024;
const TOO_LONG =
  'Error: piped stdin input exceeds 10MB. Pass large content as a file path in your prompt instead.';
const SILENT =
  'Warning: no stdin data received in 3s, proceeding without it. If piping from a slow command, redirect stdin explicitly: < /dev/null to skip, or wait longer.';

/** Rejects with the signal's reason when that comes first. */
export async function readPrompt(sources: PromptSources, signal: AbortSignal): Promise<PromptReading> {
  const { argument = '', stdin } = sources;
  const piped = stdin.isTTY === true ? '' : await readPiped(sources, signal);
  if (piped === undefined) return { kind: 'error', message: TOO_LONG };
  if (piped instanceof Error)
    return { kind: 'error', message: `Error: stdin cannot be read: ${piped.message}` };
  const prompt = [argument, piped].filter((part) => part !== '').join('\n');
  if (prompt === '') return { kind: 'error', message: MISSING };
  return prompt.trim() === '' ? { kind: 'error', message: BLANK } : { kind: 'ok', prompt };
}

/** All of stdin, `undefined` where that is too much; after a silence from the very start, nothing. An error is a value: a directory as stdin is the caller's slip. */
async function readPiped(
  { stdin, clock, warn }: PromptSources,
  signal: AbortSignal,
): Promise<string | Error | undefined> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void): void => {
      stopWaiting();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const stopWaiting = clock.after(SILENCE_MS, () => {
      warn(SILENT);
      end(() => resolve(''));
      // Left open, the pipe would keep this process alive after its work is done.
      stdin.destroy();
    });
    const onAbort = (): void => end(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', (chunk: Buffer | string) => {
      stopWaiting();
      chunks.push(Buffer.from(chunk));
      bytes += Buffer.byteLength(chunk);
      if (bytes > MAX_PIPED_BYTES) end(() => resolve(undefined));
    });
    stdin.once('end', () => end(() => resolve(Buffer.concat(chunks).toString('utf8'))));
    stdin.once('error', (error) => end(() => resolve(error)));
    if (signal.aborted) onAbort();
  });
}
