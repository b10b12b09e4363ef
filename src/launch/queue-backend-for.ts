/** The agents of a run that other hosts carry out: which queue they go through, and what goes with each. */
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import type { Reuse } from '../pool/run-state.ts';
import { QueueBackend } from '../queue/queue-backend.ts';
import type { QueueUrl } from '../queue/queue-url.ts';
import { randomDigits } from '../wire/random-digits.ts';
import type { RunAgents } from './agent-backend.ts';
import { openQueue } from './open-queue.ts';
import type { Stops } from './stops.ts';

const TOKEN_CHARACTERS = 24;

export async function queueBackendFor(
  queue: QueueUrl,
  options: RunOptions,
  reuse: Reuse,
  program: Program,
  { hurry }: Stops,
): Promise<RunAgents> {
  const engine = await openQueue(queue, program);
  const { clock, random } = program;
  const { agent, rehearse, permissionMode, allowedTools, timeoutMs, idleMs = null } = options;
  const settings = { agent, rehearse, permissionMode, allowedTools, timeoutMs, idleMs };
  const newToken = (): string => randomDigits(TOKEN_CHARACTERS, 36, random);
  const title = `workers of ${queue.masked}`;
  return {
    // What an earlier attempt asked for is gone on with where its replies would be reused.
    backendIn: (_folder, runId) =>
      new QueueBackend({
        engine,
        title,
        runId,
        settings,
        adopts: reuse === 'content',
        clock,
        newToken,
        hurry,
      }),
    close: () => engine.close(),
  };
}
