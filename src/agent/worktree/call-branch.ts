/** By which name the work of a call is kept: the second and later ones of a call, of other attempts, have a number of their own. */

/** Of a folder, too. `attempt`: from 1. */
export function callName(callId: number, attempt: number): string {
  return attempt === 1 ? String(callId) : `${callId}-${attempt}`;
}

export function callBranch(runId: string, name: string): string {
  return `andwait/${runId}/${name}`;
}
