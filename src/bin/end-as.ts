/** Ends this process exactly as another one ended, so that a shell cannot tell them apart. */
import type { CallEnd } from '../shim/shim-program.ts';

const SHELL_SIGNAL_BASE = 128;
const NEVER_CAUGHT: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGSTOP'];

export function endAs(end: CallEnd): never {
  if (end.kind === 'exited') process.exit(end.code);
  const { signal } = end;
  if (!NEVER_CAUGHT.includes(signal)) {
    // Node ignores some signals and has handlers for others: the default effect is back once a listener has come and gone.
    process.on(signal, () => {});
    process.removeAllListeners(signal);
  }
  process.kill(process.pid, signal);
  // Its default is not to end anybody.
  process.exit(SHELL_SIGNAL_BASE);
}
