/** Lines on stdout, all of them, unless they cannot be written. */
import type { Writable } from 'node:stream';
import { EXIT, signalExit, UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { safeText } from '../report/text/safe-text.ts';

/** Returns the exit code: a closed pipe is no fault, and looks to the shell as it does for every filter. */
export async function printLines(
  { stdout }: Program,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  const lost = firstError(stdout);
  for await (const line of lines) {
    if (lost() || stdout.destroyed) break;
    if (!stdout.write(`${line}\n`)) await room(stdout);
  }
  await flushed(stdout);
  const error = lost();
  return error ? exitOfLost(error) : EXIT.done;
}

/** What agents and scripts said: as it is for a file or a program, without what steers a terminal where stdout is one. */
export function saidOn({ isTTY }: Program['stdout'], text: string): string {
  return isTTY === true ? safeText(text) : text;
}

/** What went wrong first while writing. To be asked of the event: `process.stdout` forgets its `errored`. */
export function firstError(stdout: Writable): () => NodeJS.ErrnoException | undefined {
  let first: NodeJS.ErrnoException | undefined;
  stdout.on('error', (error) => {
    first ??= error;
  });
  return () => first;
}

/** What the shell is told of output that did not reach its reader. */
export function exitOfLost(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return signalExit('SIGPIPE');
  throw new UserError(`stdout cannot be written (${error.code ?? error.message})`, EXIT.scriptFailed);
}

/** Resolves when what was written has left this process, or cannot. A program that ends before that cuts its own last line. */
export function flushed(stdout: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stdout.destroyed) resolve();
    else stdout.write('', () => resolve());
  });
}

/** Resolves when there is room for more, or there never will be. */
export function room(stdout: Writable): Promise<void> {
  const events = ['drain', 'close', 'error'];
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) stdout.off(event, done);
      resolve();
    };
    for (const event of events) stdout.on(event, done);
  });
}
