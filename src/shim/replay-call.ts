/** Answers a call as it was answered before: the recorded bytes, then the recorded end. */
import { createReadStream, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { Outcome } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { writeStdout } from './descriptor-output.ts';
import type { CallEnd } from './shim-program.ts';

/** `undefined`, with nothing written, when what was recorded is not all there. */
export async function replayCall(outcome: Outcome, file: string, clock: Clock): Promise<CallEnd | undefined> {
  const { process: recorded } = outcome;
  if (recorded === undefined || recorded.stdoutBytes === null) return undefined;
  if (sizeOf(file) !== recorded.stdoutBytes) return undefined;
  for await (const chunk of createReadStream(file)) {
    if (!(await writeStdout(chunk as Buffer, clock))) break;
  }
  const { exitCode, signal } = recorded;
  if (isSignal(signal)) return { kind: 'signalled', signal };
  return { kind: 'exited', code: exitCode ?? 0 };
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}

function isSignal(name: string | null): name is NodeJS.Signals {
  return name !== null && name in constants.signals;
}
