/**
 * Ends this process with what its main came to. CommonJS, which our programs are built as for their start, has no
 * top-level await; and a main that is still waiting when nothing is left to wait for has not ended well.
 */

/** Node's own for such an end. */
const EXIT_UNSETTLED = 13;

export function endWith(main: Promise<number>): void {
  const onExit = (): void => {
    process.exitCode = EXIT_UNSETTLED;
    process.stderr.write('Warning: the program was still waiting for something when it ended\n');
  };
  process.once('exit', onExit);
  void main
    .finally(() => process.off('exit', onExit))
    .then((code) => {
      process.exitCode = code;
    });
}
