/** Ends synchronous work that was handed to us from outside, such as the regular expressions of a schema, when it takes too long. */
import vm from 'node:vm';

/** Where the script below finds its work. In this realm, because a context of its own takes 9 ms to make. */
const PLACE = 'andwait:limited-work';

/** Only the watchdog of `vm` is wanted: it stops what a script calls, a regular expression included, wherever that is. */
const call = new vm.Script(`globalThis[${JSON.stringify(PLACE)}]()`);

/** Runs `work` and returns what it returns. Throws `TimeLimitError` after `limitMs`, in the middle of whatever it was doing. */
export function withTimeLimit<T>(limitMs: number, work: () => T): T {
  const outer = Object.getOwnPropertyDescriptor(globalThis, PLACE);
  Object.defineProperty(globalThis, PLACE, { value: work, configurable: true });
  try {
    return call.runInThisContext({ timeout: limitMs }) as T;
  } catch (error) {
    throw isTimeout(error) ? new TimeLimitError(limitMs) : error;
  } finally {
    if (outer === undefined) Reflect.deleteProperty(globalThis, PLACE);
    else Object.defineProperty(globalThis, PLACE, outer);
  }
}

/** It may be an error of another realm: under a test runner `instanceof Error` does not hold for it. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  constructor(limitMs: number) {
    super(`took longer than ${limitMs / 1000} s`);
  }
}
