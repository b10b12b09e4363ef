/** What the sh front saw and Node no longer can, handed over in variables of our own that the real program does not get. */

import { constants } from 'node:os';
import type { Environment } from '../core/program.ts';

/** Set by shims/claude: path of the real program, empty when there is none. */
const ANDWAIT_SHIM_REAL = 'ANDWAIT_SHIM_REAL';
/** Set by shims/claude: the signals that came ignored, as the kernel's mask or as the shell's own `trap` lines. */
const ANDWAIT_SHIM_IGNORED = 'ANDWAIT_SHIM_IGNORED';
/** Set by shims/claude: descriptors above 2 that came open. */
const ANDWAIT_SHIM_OPEN = 'ANDWAIT_SHIM_OPEN';
/** Set by shims/claude: which of 0, 1 and 2 came closed; Node puts /dev/null there. */
const ANDWAIT_SHIM_CLOSED = 'ANDWAIT_SHIM_CLOSED';
/** Set by shims/claude: a descriptor that is the read end of a pipe with one line feed in it. */
const ANDWAIT_SHIM_PIPE = 'ANDWAIT_SHIM_PIPE';
/** Set by shims: how many are below each other, and in which process the real program was started: see shims/claude. */
const ANDWAIT_SHIM_DEPTH = 'ANDWAIT_SHIM_DEPTH';
/** Set by shims/claude: variables that would change this Node, under their names. */
const ANDWAIT_SHIM_KEPT_ = 'ANDWAIT_SHIM_KEPT_';
const OURS = 'ANDWAIT_SHIM_';

export interface FrontWords {
  readonly realProgram: string | undefined;
  readonly ignored: readonly NodeJS.Signals[];
  readonly open: readonly number[];
  readonly closed: ReadonlySet<number>;
  /** Read end of a pipe with one byte in it; `undefined` where the shell makes none. */
  readonly pipe: number | undefined;
  /** The caller's environment as it was, and the mark by which a shim below knows this one. */
  readonly env: Environment;
}

export function readFrontWords(env: Environment, pid: number): FrontWords {
  const realProgram = env[ANDWAIT_SHIM_REAL] || undefined;
  return {
    realProgram,
    ignored: ignoredSignals(env[ANDWAIT_SHIM_IGNORED] ?? ''),
    open: numbersOf(env[ANDWAIT_SHIM_OPEN]).filter((descriptor) => descriptor > 2),
    closed: new Set(numbersOf(env[ANDWAIT_SHIM_CLOSED])),
    pipe: numbersOf(env[ANDWAIT_SHIM_PIPE])[0],
    env: {
      ...callersEnvironment(env),
      [ANDWAIT_SHIM_DEPTH]: `${Number.parseInt(env[ANDWAIT_SHIM_DEPTH] ?? '1', 10) || 1}:parent:${pid}:${realProgram ?? ''}`,
    },
  };
}

function callersEnvironment(env: Environment): Environment {
  const kept: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(ANDWAIT_SHIM_KEPT_)) kept[name.slice(ANDWAIT_SHIM_KEPT_.length)] = value;
    else if (!name.startsWith(OURS)) kept[name] = value;
  }
  return kept;
}

function numbersOf(words: string | undefined): number[] {
  return (words ?? '').split(' ').filter(Boolean).map(Number).filter(Number.isSafeInteger);
}

/** Nobody can ignore these two, and Node refuses to listen for them. */
const NEVER_IGNORED: ReadonlySet<string> = new Set(['SIGKILL', 'SIGSTOP']);

function ignoredSignals(text: string): NodeJS.Signals[] {
  const isMask = /^[0-9a-f]+$/i.test(text);
  const mask = isMask ? BigInt(`0x${text}`) : 0n;
  const names = new Set(text.match(/\bSIG[A-Z0-9]+\b/g) ?? []);
  const entries = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const seen = new Set<number>();
  return entries.flatMap(([name, number]) => {
    const isIgnored = isMask ? ((mask >> BigInt(number - 1)) & 1n) === 1n : names.has(name);
    // Some have two names.
    if (!isIgnored || NEVER_IGNORED.has(name) || seen.has(number)) return [];
    seen.add(number);
    return [name];
  });
}
