/** JSON text inside the JSON that BullMQ keeps: of data, progress and results alike. */

export function textOf(value: object): string {
  return JSON.stringify(value);
}

/** `undefined` where there is none, or what is there is nothing of ours. */
export function jsonIn(kept: unknown): unknown {
  const { text } = (kept ?? {}) as { readonly text?: unknown };
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
