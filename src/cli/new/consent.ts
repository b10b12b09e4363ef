/** Asks the person at the terminal; only a plain yes is one. */
import type { Program } from '../../core/program.ts';
import { elapsedOr } from '../../wire/waiting.ts';

/** Rejects with `signal.reason` when that is aborted. An end of input is a no. */
export async function agrees(
  question: string,
  { stdin, stderr, clock }: Pick<Program, 'stdin' | 'stderr' | 'clock'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await dropTypedAhead(stdin, clock, signal);
    stderr.write(question);
    return /^\s*y(es)?\s*$/i.test(await lineFrom(stdin, signal));
  } finally {
    // What is read on no longer holds the process.
    stdin.pause();
  }
}

/** A terminal hands over at once what it has. */
const TYPED_AHEAD_MS = 50;

/** What was typed while nobody asked was meant for something else. */
async function dropTypedAhead(
  stdin: Program['stdin'],
  clock: Program['clock'],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const drop = (): void => {};
  stdin.on('data', drop);
  await elapsedOr(clock, TYPED_AHEAD_MS, signal);
  stdin.off('data', drop);
}

/** Longer answers are none. */
const MAX_ANSWER = 1000;

async function lineFrom(stdin: Program['stdin'], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  if (stdin.readableEnded) return '';
  return await new Promise((resolve, reject) => {
    let text = '';
    const done = (): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.off('error', onEnd);
      signal.removeEventListener('abort', onAbort);
    };
    const onData = (chunk: Uint8Array | string): void => {
      text += Buffer.from(chunk).toString('utf8');
      const [line = '', ...rest] = text.split(/\r?\n/);
      if (rest.length === 0 && text.length < MAX_ANSWER) return;
      done();
      resolve(line);
    };
    const onEnd = (): void => {
      done();
      resolve('');
    };
    const onAbort = (): void => {
      done();
      reject(signal.reason as Error);
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.on('error', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Whether there is somebody to ask. */
export function canAsk({ stdin, stderr }: Pick<Program, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}
