/** `andwait worker`: takes the calls of other hosts' runs from a queue until it is told to stop; what it does stands on stderr. */
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { runFaultIn } from '../../launch/run-fault.ts';
import { runWorker } from '../../launch/worker/run-worker.ts';
import { GONE_MS } from '../../queue/host/client-watch.ts';
import type { EndKind } from '../../queue/host/queue-worker.ts';
import { countText } from '../../report/text/figures.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { listenForInterruption } from '../interruption.ts';
import type { WorkerCommandLine } from './worker-options.ts';

/** Returns the exit code: stopped by a person it has done its work. */
export async function workerCommand(line: WorkerCommandLine, program: Program): Promise<number> {
  const tell = (text: string): void => {
    if (!line.quiet) program.stderr.write(`andwait: ${safeLine(text)}\n`);
  };
  using interruption = listenForInterruption(program, (signal, isSecond) =>
    tell(
      `${signal}: ${isSecond ? 'ending the agents; other hosts run their calls' : 'no more calls are taken; waiting for the agents'}`,
    ),
  );
  const { queue, slots } = line;
  const result = await runWorker(line, program, interruption, {
    began: (runId) =>
      tell(`takes calls from ${queue.masked} into ${countText(slots, 'slot')} (run ${runId})`),
    ended: ({ runId, call }, end) => tell(`call ${call.id} of run ${runId}: ${endText(end)}`),
    said: tell,
  }).catch((error: unknown) => {
    const fault = runFaultIn(error);
    if (fault === undefined) throw error;
    throw new UserError(`${fault.message}; the worker ends, and other hosts run its calls`, EXIT.capped);
  });
  if (result.status !== 'paused') return EXIT.done;
  program.stderr.write(`andwait: ${safeLine(result.pause?.message ?? result.status)}\n`);
  return EXIT.capped;
}

function endText(end: EndKind): string {
  if (end !== 'dropped') return end;
  return `not run, since nothing was heard for ${GONE_MS / 60_000} minutes of who asked for it; a resume asks again`;
}
