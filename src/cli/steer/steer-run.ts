/** Takes hold of a run that another process works on, through the pool's broker; says what came of it, or exactly why nothing could. */
import os from 'node:os';
import { connectToPool, PoolRefusal, PoolUnreachable } from '../../broker/client/pool-client.ts';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import type { Steerer } from '../../core/run.ts';
import type { SteerEffect } from '../../wire/pool/run-order.ts';
import { elapsed } from '../../wire/waiting.ts';
import type { ChosenRun } from '../reading/chosen-run.ts';
import { mayBeTakenUp, whyNobody, whyNotCall } from './steer-refusal.ts';
import { effectText, type SteerOrder } from './steer-words.ts';

/** A run whose broker has just died is taken up by the next one within a moment. */
const PATIENCE_MS = 2000;
const LOOK_MS = 100;

/**
 * Resolves, in words, once the order is under way and on record; waits for no agent. Rejects with a `UserError` that says
 * why it cannot be: nobody works on the run, the call has ended, the pool cannot be reached. Starts no broker.
 */
export async function steerRun(run: ChosenRun, order: SteerOrder, program: Program): Promise<string> {
  return effectText(order, run.description, await steered(run, order, program));
}

async function steered(run: ChosenRun, order: SteerOrder, program: Program): Promise<SteerEffect> {
  const { clock } = program;
  const began = clock.monotonicMs();
  for (;;) {
    try {
      return await ask(run, order, program);
    } catch (error) {
      const isOpen = !hasNobody(error);
      if (isOpen) throw await refusalOf(error, run, order);
      const isLate = clock.monotonicMs() - began >= PATIENCE_MS;
      if (isLate || !(await mayBeTakenUp(run, program))) throw await whyNobody(run, order);
    }
    await elapsed(clock, LOOK_MS);
  }
}

async function ask({ folder, description }: ChosenRun, order: SteerOrder, program: Program) {
  await using pool = await connectToPool(program, { startBroker: false });
  const { runId } = description;
  return await pool.steer({ ...order, runId, dir: folder.dir, by: steererOf(program) });
}

/** No broker lives, it died on us, or it does not know the run. */
function hasNobody(error: unknown): boolean {
  if (error instanceof PoolRefusal) return error.reason === 'no-run';
  return error instanceof PoolUnreachable && (error.reason === 'no-broker' || error.reason === 'silent');
}

async function refusalOf(error: unknown, run: ChosenRun, order: SteerOrder): Promise<unknown> {
  if (error instanceof PoolUnreachable) return new UserError(error.message, EXIT.capped);
  if (!(error instanceof PoolRefusal)) return error;
  return new UserError((await whyNotCall(run, order)) ?? error.message);
}

function steererOf({ pid, uid }: Pick<Program, 'pid' | 'uid'>): Steerer {
  return { pid, uid, user: userName(uid) };
}

/** Of the passwd entry: USER is whatever somebody made of it. */
function userName(uid: number): string {
  try {
    return os.userInfo().username || String(uid);
  } catch {
    return String(uid);
  }
}
