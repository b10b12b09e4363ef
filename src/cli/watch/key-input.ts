/** Keys of a terminal: raw while somebody listens, and as it was in every ending. */
import type { Program } from '../../core/program.ts';
import { type Key, keysOf } from './keys.ts';

/** `undefined` where no keys can come: stdin is no terminal. */
export function listenForKeys(
  { stdin }: Pick<Program, 'stdin'>,
  pressed: (key: Key) => void,
): Disposable | undefined {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return undefined;
  const onData = (bytes: Buffer): void => {
    for (const key of keysOf(bytes)) pressed(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return {
    [Symbol.dispose]: () => {
      stdin.off('data', onData);
      // A stream that is read keeps the program from ending.
      stdin.pause();
      stdin.setRawMode?.(false);
    },
  };
}
