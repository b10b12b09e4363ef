/** The exit code of a run that ended, as far as its result tells: what the shell that began it was told. */
import os from 'node:os';
import { EXIT, exitCodeOf } from '../../core/exit.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { RunResult } from '../../core/run.ts';
import type { RunKind } from '../../journal/run-folder.ts';
import type { RecipeEnd } from '../exec/exec-process.ts';
import { codeInPlace } from '../exec/exec-result.ts';
import { failOnOf, isFailure } from '../fail-on.ts';
import { haveItemsFailed } from '../map/items-failed.ts';

/** `failOn`: of its options. The signal that stopped a run is not recorded: the default stands in. */
export function recordedExit(kind: RunKind, result: RunResult, failOn: string | undefined): number {
  const told = isJsonObject(result.result) ? result.result : {};
  if (kind === 'exec') {
    const end = recipeEndOf(told);
    return codeInPlace(end, result, failOnOf(failOn)) ?? ownCode(end);
  }
  if (result.status !== 'completed') return exitCodeOf(result, undefined);
  if (kind === 'map') return failedIf(haveItemsFailed(result, countsIn(told), failOn));
  const rules = failOnOf(failOn);
  return rules === undefined ? exitCodeOf(result, undefined) : failedIf(isFailure(rules, result.calls));
}

function failedIf(hasFailed: boolean): number {
  return hasFailed ? EXIT.callsFailed : EXIT.done;
}

type Ended = Exclude<RecipeEnd, { readonly kind: 'not-started' }>;

function recipeEndOf({ exitCode, signal }: JsonObject): Ended {
  if (typeof exitCode === 'number') return { kind: 'exited', code: exitCode };
  return { kind: 'signalled', signal: signal as NodeJS.Signals };
}

function ownCode(end: Ended): number {
  if (end.kind === 'exited') return end.code;
  return 128 + (os.constants.signals[end.signal] ?? os.constants.signals.SIGTERM);
}

function countsIn({ replied, failed, skipped }: JsonObject) {
  return { replied: Number(replied ?? 0), failed: Number(failed ?? 0), skipped: Number(skipped ?? 0) };
}
