/** The wall's one sentence form, `kind scope id payload`: plain enough that both sides check it by hand, and a payload is never encoded twice. */

export interface WallLine {
  readonly kind: string;
  /** Which script of the child process; 0 for the process itself. */
  readonly scope: number;
  /** Which call or timer; 0 where there is none. */
  readonly id: number;
  /** JSON text without a line feed. */
  readonly payload: string;
}

export function wallLine(kind: string, scope: number, id: number, payload = 'null'): string {
  return `${kind} ${scope} ${id} ${payload}\n`;
}

const HEAD = /^([a-z]{1,16}) (\d{1,15}) (\d{1,15}) /;

/** `undefined` for anything that has not the form. */
export function readWallLine(line: string): WallLine | undefined {
  const head = HEAD.exec(line.slice(0, 64));
  const kind = head?.[1];
  if (head === null || kind === undefined) return undefined;
  return { kind, scope: Number(head[2]), id: Number(head[3]), payload: line.slice(head[0].length) };
}
