/** Who may have everything permitted. Not root: a mistake of a model would be the whole machine's. Unless root says that the machine is a sandbox. */

import type { Environment, Program } from '../../core/program.ts';
import type { PermissionMode } from '../flags/flag-table.ts';

export interface BypassWish {
  /** The mode that the session is to begin in. */
  readonly permissionMode: PermissionMode | undefined;
  /** It may be switched to `bypassPermissions` later. */
  readonly allowsBypass: boolean;
}

/** The user: `1` where root is root of a container or machine that holds nothing else. */
const IS_SANDBOX = 'IS_SANDBOX';
/** Set inside a sandbox made by bubblewrap. */
const CLAUDE_CODE_BUBBLEWRAP = 'CLAUDE_CODE_BUBBLEWRAP';

/** Measured: for each of the ways to ask for it the same words. */
const REFUSED =
  '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons';

/** `env`: that of the process. Settings files are not to declare a sandbox. */
export function bypassRefusal(
  { uid, env }: Pick<Program, 'uid'> & { readonly env: Environment },
  { permissionMode, allowsBypass }: BypassWish,
): string | undefined {
  const isSandbox = env[IS_SANDBOX] === '1' || (env[CLAUDE_CODE_BUBBLEWRAP] ?? '') !== '';
  return uid === 0 && !isSandbox && (permissionMode === 'bypassPermissions' || allowsBypass)
    ? REFUSED
    : undefined;
}

export const BYPASS_NOT_LAUNCHED =
  'Cannot set permission mode to bypassPermissions because the session was not launched with --dangerously-skip-permissions';
