/** Stacks show the author's own lines and nothing of ours: a stack in a prompt must not differ from one installation to another. */

interface Frame {
  getFileName(): string | undefined;
}

/** Enough to see the author through our own frames between. */
const CAPTURED_FRAMES = 40;

let authorPath: string | undefined;

/** Before this, stacks are bare headlines. */
export function showFramesOf(path: string): void {
  authorPath = path;
}

/** Must run before built-ins are frozen. V8 asks this function for the text of every stack of the realm. */
export function installAuthorStack(): void {
  const hidden = { enumerable: false, configurable: false, writable: false };
  Object.defineProperty(Error, 'prepareStackTrace', { value: authorStack, ...hidden });
  Object.defineProperty(Error, 'stackTraceLimit', { value: CAPTURED_FRAMES, ...hidden });
}

function authorStack(error: unknown, frames: readonly Frame[]): string {
  let stack = headline(error);
  for (const frame of frames) {
    if (frame.getFileName() === authorPath) stack += `\n    at ${frame}`;
  }
  return stack;
}

/** As V8 words it, whatever `toString` the script gave its error. */
function headline(error: unknown): string {
  try {
    const { name, message } = error as { readonly name: unknown; readonly message: unknown };
    return String(message) === '' ? String(name) : `${name}: ${message}`;
  } catch {
    // A getter or a Proxy of the script's own.
    return 'Error';
  }
}
