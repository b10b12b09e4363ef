/** What a person pressed, read from the bytes that a terminal in raw mode sends. */

export type Key =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  /** Ctrl-C: in raw mode it is a byte like any other. */
  | 'interrupt'
  | { readonly letter: string };

/** After `ESC [` or `ESC O`. */
const SEQUENCES: Readonly<Record<string, Key>> = {
  A: 'up',
  B: 'down',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
};

const CONTROLS: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x03': 'interrupt',
  '\x04': { letter: 'q' },
  '\x1b': 'escape',
};

const TOKEN = /\x1b[[O]([0-9;]*[ -/]*[@-~])|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]/gu;

/** Unknown sequences are nothing: they would otherwise be read as letters, and an arrow must not stop a run. */
export function keysOf(bytes: Uint8Array): Key[] {
  const text = Buffer.from(bytes).toString('utf8');
  return [...text.matchAll(TOKEN)].flatMap(([token, sequence]): Key[] => {
    if (sequence !== undefined) return Object.hasOwn(SEQUENCES, sequence) ? asKey(SEQUENCES, sequence) : [];
    if (/^[\x00-\x1f\x7f]$/.test(token)) return asKey(CONTROLS, token);
    return [{ letter: token }];
  });
}

function asKey(table: Readonly<Record<string, Key>>, name: string): Key[] {
  const key = table[name];
  return key === undefined ? [] : [key];
}
