/** Lines on stdout, all of them, unless the reader goes away first. */
import { once } from 'node:events';
import { EXIT, signalExit } from '../core/exit.ts';
import type { Program } from '../core/program.ts';

/** Returns the exit code: a closed pipe is no fault, and looks to the shell as it does for every filter. */
export async function printLines(
  { stdout }: Program,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  let gone = false;
  const onError = () => {
    gone = true;
  };
  stdout.on('error', onError);
  try {
    for await (const line of lines) {
      if (gone) break;
      if (!stdout.write(`${line}\n`)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
    }
    await new Promise<void>((resolve) => {
      if (gone || stdout.destroyed) resolve();
      else stdout.write('', () => resolve());
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    gone = true;
  } finally {
    stdout.off('error', onError);
  }
  return gone ? signalExit('SIGPIPE') : EXIT.done;
}
