/** Which program answers the agents, and how it is asked for its version. */

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

const VERSION_MS = 10_000;
const VERSION = /\d+\.\d+\.\d+\S*/;

/** Starts the program once more, which costs 14 ms for the real one; `undefined` when it names no version. */
export async function agentVersion(
  { path, prefixArgs, version }: AgentProgram,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (version !== undefined) return version;
  // Loaded here: what every fork of an agent copies is smaller without it.
  const { execa } = await import('execa');
  const { failed, stdout } = await execa(path, [...prefixArgs, '--version'], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: VERSION_MS,
    // A program that prints without end is no agent program; its first bytes are enough.
    maxBuffer: 10_000,
    reject: false,
  });
  return failed ? undefined : VERSION.exec(stdout)?.[0];
}
