/** The exit code of a run that ended, as far as its result tells: what the shell that began it was told. */
import os from 'node:os';
import { EXIT, exitCodeOf } from '../../core/exit.ts';
import { isJsonObject } from '../../core/json.ts';
import type { RunResult } from '../../core/run.ts';
import type { RunKind } from '../../journal/run-folder.ts';

/** `--fail-on` and the signal that stopped a run are not recorded: their defaults stand in. */
export function recordedExit(kind: RunKind, result: RunResult): number {
  const ended = isJsonObject(result.result) ? result.result : {};
  if (kind === 'exec') {
    const { exitCode, signal } = ended;
    if (typeof exitCode === 'number') return exitCode;
    return 128 + (os.constants.signals[signal as NodeJS.Signals] ?? os.constants.signals.SIGTERM);
  }
  if (kind === 'map' && result.status === 'completed') {
    const { failed } = ended;
    return typeof failed === 'number' && failed > 0 ? EXIT.callsFailed : EXIT.done;
  }
  return exitCodeOf(result, undefined);
}
