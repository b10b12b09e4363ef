/** How a script ended, as text: its return value as JSON, or what it threw with the author's lines. */
import { isCapError } from './calls.ts';
import { post } from './outbox.ts';
import { cut, messageOf } from './shown.ts';

/** Small enough for every message limit, so that an end is always told. */
const MAX_TEXT_CHARS = 16_384;

export function returned(value: unknown): void {
  try {
    post('returned', 0, (JSON.stringify(value) as string | undefined) ?? 'null', 'the result');
  } catch (error) {
    threw(error);
  }
}

export function threw(thrown: unknown): void {
  const told = {
    name: cut(textProperty(thrown, 'name') ?? 'Error', MAX_TEXT_CHARS),
    message: cut(messageOf(thrown), MAX_TEXT_CHARS),
    stack: cut(textProperty(thrown, 'stack') ?? '', MAX_TEXT_CHARS),
    cap: isCapError(thrown),
  };
  post('threw', 0, JSON.stringify(told));
}

/** `undefined` also where a getter or a Proxy throws. */
function textProperty(thrown: unknown, key: 'name' | 'stack'): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    const value: unknown = Reflect.get(thrown, key);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
