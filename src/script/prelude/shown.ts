/** Values of a script as text for people. Contract: never throws, whatever getters, Proxies or toJSON a value has. */

/** How the real engine shows what is no text: an object by that word alone. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return '[object]';
  return typeof value === 'function' ? '[function]' : String(value);
}

/** As `console` shows it: errors by their message, objects as JSON. */
export function shownInFull(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shown(value);
  try {
    if (value instanceof Error) return String(value);
    return JSON.stringify(value) ?? '[object]';
  } catch {
    return '[object]';
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return shown(thrown);
  try {
    const { message } = thrown as { readonly message?: unknown };
    return typeof message === 'string' ? message : shownInFull(thrown);
  } catch {
    return '[object]';
  }
}

/** Never more than `maxChars` of it, and a word about the rest. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars)} … (${text.length - maxChars} characters more)`;
}
