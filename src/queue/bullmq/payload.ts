/** JSON text inside the JSON that BullMQ keeps: of data, progress and results alike. */

export interface Payload {
  readonly text: string;
  /** Of a job's data: its client wants its agent ended. */
  readonly stop?: true;
  /** Of a job's data: so many times a host could not carry it out. */
  readonly returns?: number;
}

export function payloadOf(value: object): Payload {
  return { text: JSON.stringify(value) };
}

export function isToStop(data: unknown): boolean {
  return partsOf(data).stop === true;
}

export function returnsOf(data: unknown): number {
  const { returns } = partsOf(data);
  return typeof returns === 'number' ? returns : 0;
}

/** `undefined` where there is none, or what is there is nothing of ours. */
export function jsonIn(kept: unknown): unknown {
  const { text } = partsOf(kept);
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function partsOf(kept: unknown): { readonly [Part in keyof Payload]?: unknown } {
  return kept ?? {};
}
