/** The agents of a run that other hosts carry out: which queue they go through, and what goes with each. */
import { EXIT, UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import { settledKeys } from '../journal/settled-keys.ts';
import { stateDir } from '../journal/state-dir.ts';
import { transcriptsIn } from '../journal/transcript-file.ts';
import type { Reuse } from '../pool/run-state.ts';
import { QueueBackend } from '../queue/client/queue-backend.ts';
import type { QueueEngine } from '../queue/queue-engine.ts';
import type { QueueUrl } from '../queue/queue-url.ts';
import { randomDigits } from '../wire/random-digits.ts';
import type { RunAgents } from './agent-backend.ts';
import { openQueue } from './open-queue.ts';
import type { Stops } from './stops.ts';
import { PackedTrees } from './trees/packed-trees.ts';
import type { RunStart, Started } from './trees/run-start.ts';

const TOKEN_CHARACTERS = 24;

export interface QueueWish {
  readonly runId: string;
  readonly queue: QueueUrl;
  readonly options: RunOptions;
  readonly reuse: Reuse;
  readonly started: Started;
}

/** When this resolves, what agents of a new run start from is in the queue. */
export async function queueBackendFor(
  { runId, queue, options, reuse, started }: QueueWish,
  program: Program,
  { hurry }: Stops,
): Promise<RunAgents> {
  const engine = await openQueue(queue, program);
  const { clock, random } = program;
  const trees = started.start && (await sentStart(runId, started.start, engine, queue, program));
  const { agent, rehearse, permissionMode, allowedTools, timeoutMs, idleMs = null } = options;
  const settings = { agent, rehearse, permissionMode, allowedTools, timeoutMs, idleMs };
  const newToken = (): string => randomDigits(TOKEN_CHARACTERS, 36, random);
  const title = `workers of ${queue.masked}`;
  return {
    // What an earlier attempt asked for is gone on with where its replies would be reused.
    backendIn: ({ agentsDir, journalFile }) =>
      new QueueBackend({
        engine,
        title,
        runId,
        settings,
        trees,
        adopts: reuse === 'content',
        settledKeys: () => settledKeys(journalFile),
        clock,
        newToken,
        hurry,
        openTranscript: transcriptsIn(agentsDir, clock),
      }),
    notices: started.start?.notes ?? [],
    close: () => engine.close(),
  };
}

async function sentStart(
  runId: string,
  start: RunStart,
  engine: QueueEngine,
  queue: QueueUrl,
  program: Program,
): Promise<PackedTrees> {
  const { env } = program;
  const trees = new PackedTrees({ runId, start, pieces: engine.pieces, env, stateDir: stateDir(program) });
  // Of a run that is gone on with: perhaps there is nothing left that needs it.
  if (start.file === undefined) return trees;
  const ready = await trees.ready().catch((error: Error) => error);
  if (!(ready instanceof Error) && !('reason' in ready)) return trees;
  await engine.close();
  const why = `what agents start from could not be put into the queue ${queue.masked}: ${ready.message}`;
  throw new UserError(why, ready instanceof Error ? EXIT.capped : EXIT.usage);
}
