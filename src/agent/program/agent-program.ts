/** Which program answers the agents, and what people are told it is. */

/** `claude`: the real one. `print`: our own, which speaks the same flags and events. */
type AgentProgramKind = 'claude' | 'print';

export interface AgentProgram {
  readonly kind: AgentProgramKind;
  /** What is executed; for `print`, the Node that runs us. */
  readonly path: string;
  /** Arguments before all others; for `print`, the script. */
  readonly prefixArgs: readonly string[];
  /** `undefined` until somebody asked for it. */
  readonly version: string | undefined;
}

/** `claude 2.1.330`, `andwait-print 0.1.0`. */
export function programTitle({ kind, version }: AgentProgram): string {
  const name = kind === 'claude' ? 'claude' : 'andwait-print';
  return version === undefined ? name : `${name} ${version}`;
}
