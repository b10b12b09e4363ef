/**
 * What calls from a queue may ask of this host. Whoever can write to the queue chose it; what an agent may do unasked on a
 * machine is for the person to say who started the worker there.
 */
import type { JobSettings } from '../../wire/queue/queue-job.ts';

export interface HostLimits {
  /** The most that a call may ask for. */
  readonly permissionMode: string;
  /** Rules as they are written, or names of tools, each for all rules about that tool. */
  readonly allowedTools: readonly string[];
}

/** How much an agent may do unasked; those of one number are alike. */
const REACH: ReadonlyMap<string, number> = new Map([
  ['plan', 0],
  ['default', 1],
  ['dontAsk', 1],
  ['acceptEdits', 2],
  ['auto', 3],
  ['bypassPermissions', 4],
]);
const EVERYTHING = 'bypassPermissions';

/** One rule, and not several in one text. */
const ONE_RULE = /^(\w+)(?:\([^(),]*\))?$/;

/** Why a call with these settings is not run here, and what would have it run; `undefined`: it may. */
export function overreach(
  { permissionMode, allowedTools }: Pick<JobSettings, 'permissionMode' | 'allowedTools'>,
  limits: HostLimits,
): string | undefined {
  if (limits.permissionMode === EVERYTHING) return undefined;
  const asked = REACH.get(permissionMode) ?? Number.POSITIVE_INFINITY;
  if (asked > (REACH.get(limits.permissionMode) ?? 0)) {
    return `the run wants --permission-mode ${permissionMode}, and this host allows ${limits.permissionMode}: start its worker with more, or the run with less`;
  }
  const beyond = allowedTools.find((rule) => !isAllowed(rule, limits.allowedTools));
  if (beyond === undefined) return undefined;
  const rule = JSON.stringify(beyond);
  return `the run wants --allowed-tools ${rule}, and this host does not allow that: start its worker with the same`;
}

function isAllowed(rule: string, allowed: readonly string[]): boolean {
  const [, tool] = ONE_RULE.exec(rule) ?? [];
  return allowed.includes(rule) || (tool !== undefined && allowed.includes(tool));
}
