/** Ends synchronous work that was handed to us from outside, such as the regular expressions of a schema, when it takes too long. */
import vm from 'node:vm';

/** Made on first use, and once: a context costs more than most work that runs under a limit. Only the watchdog of `vm` is wanted. */
let watched: ((limitMs: number, work: () => unknown) => unknown) | undefined;

function watchdog(): NonNullable<typeof watched> {
  const place = vm.createContext({});
  const call = new vm.Script('work()');
  return (limitMs, work) => {
    Object.assign(place, { work });
    return call.runInContext(place, { timeout: limitMs });
  };
}

/** Runs `work` and returns what it returns. Throws `TimeLimitError` after `limitMs`, in the middle of whatever it was doing. */
export function withTimeLimit<T>(limitMs: number, work: () => T): T {
  watched ??= watchdog();
  try {
    return watched(limitMs, work) as T;
  } catch (error) {
    throw isTimeout(error) ? new TimeLimitError(limitMs) : error;
  }
}

/** An error of the context's own realm: `instanceof Error` does not hold for it. */
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
