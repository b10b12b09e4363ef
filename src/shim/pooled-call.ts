/** The spine: one headless call, from its turn in the pool to its outcome in the journal; or answered from there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  connectToPool,
  type PoolClient,
  PoolRefusal,
  type PoolRun,
  type RequestWish,
  StoppedElsewhere,
} from '../broker/client/pool-client.ts';
import type { CallRequest } from '../core/call.ts';
import { isJsonObject } from '../core/json.ts';
import { CallSkipped } from '../core/ports.ts';
import { stateDir } from '../journal/state-dir.ts';
import {
  ANDWAIT_EXEC,
  ANDWAIT_LEASE,
  ANDWAIT_RUN_CWD,
  ANDWAIT_RUN_DIR,
  ANDWAIT_RUN_ID,
} from '../wire/environment/run-environment.ts';
import { withinTime } from '../wire/waiting.ts';
import { inSlot } from './call-in-slot.ts';
import { type CallShape, shapeOf } from './call-shape.ts';
import { tell } from './descriptor-output.ts';
import type { FrontWords } from './front-words.ts';
import { cwdInRun, legacyRequest } from './legacy-request.ts';
import { type LimitedWait, placeWithin, queueLimit, tooLong } from './queue-limit.ts';
import { replayCall } from './replay-call.ts';
import type { CallEnd, ShimProgram } from './shim-program.ts';
import type { StdinContent } from './stdin-content.ts';
import { recordFile } from './stdout-record.ts';
import { noteIgnoredSetting } from './unpooled-note.ts';

/** The program was not started. */
export interface NoPlace {
  readonly kind: 'no-place';
  /** `unreachable`: nobody could say whether there is a place. */
  readonly reason: 'unreachable' | 'refused' | 'too-long' | 'stopped' | 'usage';
  readonly message: string;
}

interface CallContext {
  readonly shape: CallShape;
  readonly limit: LimitedWait | undefined;
  readonly client: PoolClient;
  readonly run: PoolRun;
  readonly stdin: StdinContent | undefined;
  readonly front: FrontWords;
  readonly program: ShimProgram;
}

/** An SDK gives up when the answer to its first request takes a minute. */
const SESSION_OVER_CAP_MS = 45_000;

/** Never rejects. */
export async function pooledCall(front: FrontWords, program: ShimProgram): Promise<CallEnd | NoPlace> {
  const limit = queueLimit(program.env);
  if (limit.kind === 'bad') {
    // What a recipe's author set is told to them; a cron job's `claude` does not fail for a setting of ours.
    if (isBelowExec(program)) return { kind: 'no-place', reason: 'usage', message: limit.message };
    noteIgnoredSetting(limit.message, program);
  }
  const shape = shapeOf(program.argv);
  const isRepeatable = isBelowExec(program) && !shape.isSession;
  const reading = isRepeatable ? stdinContent(front, program) : undefined;
  let client: PoolClient | undefined;
  try {
    client = await connectToPool(program);
    const run = await joinRun(client, program);
    const stdin = await reading;
    const limited = limit.kind === 'limited' ? limit : undefined;
    const context = { shape, limit: limited, client, run, stdin, front, program };
    const cwd = isRepeatable ? cwdInRun(program.env[ANDWAIT_RUN_CWD], program.cwd) : '';
    const content = { argv: program.argv, stdinDigest: stdin?.digest, cwd };
    return await requested(await legacyRequest(shape, content, program.random), context);
  } catch (error) {
    if (error instanceof CallSkipped) return neverStarted(error);
    const reason = error instanceof StoppedElsewhere ? 'stopped' : 'unreachable';
    return { kind: 'no-place', reason, message: error instanceof Error ? error.message : String(error) };
  } finally {
    await client?.[Symbol.asyncDispose]().catch(() => {});
  }
}

/** As a program that was told to end: what a recipe sees of a call that is skipped while it runs, too. */
const TERMINATED = 143;

function neverStarted({ message }: CallSkipped): CallEnd {
  tell(`claude: ${message}`);
  return { kind: 'exited', code: TERMINATED };
}

async function stdinContent({ closed }: FrontWords, { clock }: ShimProgram): Promise<StdinContent> {
  const { readStdinContent } = await import('./stdin-content.ts');
  return await readStdinContent(closed.has(0), clock);
}

export function isBelowExec({ env }: Pick<ShimProgram, 'env'>): boolean {
  return env[ANDWAIT_EXEC] === '1';
}

/**
 * Below `exec`, or below an agent, that one's run; else the standing run of the day, which is also for what a recipe left
 * in the background when its exec ended. An exec that was killed had caps that nobody keeps any more: nothing starts.
 */
async function joinRun(client: PoolClient, program: ShimProgram): Promise<PoolRun> {
  const wish = { stateDir: stateDir(program) };
  const runId = program.env[ANDWAIT_RUN_ID] || undefined;
  try {
    return await client.joinRun({ ...wish, runId });
  } catch (error) {
    const isElsewhere = runId !== undefined && error instanceof PoolRefusal && error.reason === 'no-run';
    if (!isElsewhere || (isBelowExec(program) && !hasEnded(program))) throw error;
    return await client.joinRun({ ...wish, runId: undefined });
  }
}

/** By itself, that is: then it wrote a result. One that was stopped wants nothing of it to go on. */
function hasEnded({ env }: ShimProgram): boolean {
  try {
    const result: unknown = JSON.parse(
      readFileSync(path.join(env[ANDWAIT_RUN_DIR] ?? '', 'result.json'), 'utf8'),
    );
    return isJsonObject(result) && result['status'] !== 'stopped' && result['status'] !== 'paused';
  } catch {
    return false;
  }
}

async function requested(request: CallRequest, context: CallContext): Promise<CallEnd | NoPlace> {
  const { shape, limit, client, run, program } = context;
  const parent = program.env[ANDWAIT_LEASE];
  const how: RequestWish = {
    priority: shape.isSession ? 'session' : 'normal',
    ...(parent ? { parent } : {}),
    ...(shape.isSession ? { overCapAfterMs: SESSION_OVER_CAP_MS } : {}),
  };
  const admission = await run.request(request, how);
  if (admission.kind === 'refused')
    return { kind: 'no-place', reason: 'refused', message: admission.message };
  if (admission.kind === 'replayed') {
    const { call, outcome } = admission;
    const end = await replayCall(outcome, recordFile(run.dir, call.id), program.clock);
    if (end !== undefined) return end;
    // What it said is not there any more: it is asked anew, under a name of its own.
    const anew = { argv: program.argv, stdinDigest: undefined, cwd: '' };
    return await requested(await legacyRequest(shape, anew, program.random), context);
  }
  const placement = await placeWithin(limit?.ms, admission.place, program.clock);
  if (placement === undefined) {
    const message = limit === undefined ? '' : tooLong(limit, await isPaused(client, program));
    return { kind: 'no-place', reason: 'too-long', message };
  }
  if (placement.kind === 'refused')
    return { kind: 'no-place', reason: 'refused', message: placement.message };
  return await inSlot(admission.call, placement.lease, context);
}

const STATUS_MS = 500;

/** `false` also when nobody answers in time: who waited long enough is not kept for a word more. */
async function isPaused(client: PoolClient, { clock }: ShimProgram): Promise<boolean> {
  const asked = client.status().then(
    ({ paused }) => paused,
    () => false,
  );
  return await withinTime(asked, STATUS_MS, clock, () => false);
}
