/** Opens a run where its agents' slots are: at the user's one pool, or in this process when it only rehearses. */
import {
  connectToPool,
  type PoolClient,
  type PoolRun,
  type StoppedElsewhere,
} from '../broker/client/pool-client.ts';
import type { Clock } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import { firstScript, openNewRun, reopenRun, storeScript } from '../journal/open-run.ts';
import { createRunFolder, type RunDescription, type RunFolder } from '../journal/run-folder.ts';
import type { Reuse } from '../pool/run-state.ts';
import { ANDWAIT_LEASE } from '../wire/environment/run-environment.ts';
import { type OpenedRun, openedHere, type RunRules } from '../workflow/opened-run.ts';
import { RunStopped } from '../workflow/run-workflow.ts';
import { rehearsesHere } from './agent-backend.ts';
import { poolFault } from './pool-fault.ts';

export interface RunOpener {
  /** Makes the run's folder. A run id that is taken is refused. */
  openNew(stateDir: string, description: RunDescription, script: string | undefined): Promise<OpenedRun>;
  /** Goes on with a run nobody works on. */
  reopen(folder: RunFolder, runId: string, script: string | undefined): Promise<OpenedRun>;
}

/** Opens a run by what its options say. */
export function openerOf(
  options: RunOptions,
  reuse: Reuse,
  program: Program,
  { elsewhere = false }: Pick<RunRules, 'elsewhere'> = {},
): RunOpener {
  const { caps, rehearse: rehearsal, waitForQuota = false } = options;
  return runOpener({ caps, reuse, rehearsal, waitForQuota, elsewhere }, rehearsesHere(options), program);
}

export function runOpener(rules: RunRules, isInProcess: boolean, program: Program): RunOpener {
  return isInProcess ? openerHere(rules, program) : openerAtPool(rules, program);
}

function openerHere(rules: RunRules, { clock, uid }: Program): RunOpener {
  return {
    openNew: async (stateDir, description, script) =>
      openedHere(await openNewRun(stateDir, description, script, { uid, now: clock.now() }), rules, clock),
    reopen: async (folder, runId, script) =>
      openedHere(await reopenRun(folder, runId, script, { uid, now: clock.now() }), rules, clock),
  };
}

function openerAtPool(rules: RunRules, program: Program): RunOpener {
  return {
    openNew: async (stateDir, description, script) => {
      // The pool first: where it cannot be had there is to be no folder either.
      const client = await reachPool(program);
      return await closedOnFault(client, async () => {
        const folder = await createRunFolder(stateDir, program.uid, description, script);
        const run = await openAtPool(client, folder, description.runId, rules);
        return { client, run, folder, scriptFile: firstScript(folder, script), rules, program };
      });
    },
    reopen: async (folder, runId, script) => {
      const client = await reachPool(program);
      return await closedOnFault(client, async () => {
        const run = await openAtPool(client, folder, runId, rules);
        const { lastScript: last, attempts } = run;
        // Under the run's lock, which the broker now holds for us.
        const scriptFile = await storeScript(folder, { last, attempts: attempts.length }, script);
        return { client, run, folder, scriptFile, rules, program };
      });
    },
  };
}

async function reachPool(program: Program): Promise<PoolClient> {
  return await connectToPool(program).catch(poolFault);
}

async function openAtPool(
  client: PoolClient,
  { dir }: RunFolder,
  runId: string,
  rules: RunRules,
): Promise<PoolRun> {
  // Who joined a run of other hosts' agents would have no slot here.
  const joinable = rules.elsewhere !== true;
  return await client.openRun({ runId, dir, ...rules, joinable }).catch(poolFault);
}

interface AtPool {
  readonly client: PoolClient;
  readonly run: PoolRun;
  readonly folder: RunFolder;
  readonly scriptFile: string;
  readonly rules: RunRules;
  readonly program: Program;
}

async function closedOnFault(client: PoolClient, open: () => Promise<AtPool>): Promise<OpenedRun> {
  try {
    return openedAtPool(await open());
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

function openedAtPool({ client, run, folder, scriptFile, rules, program }: AtPool): OpenedRun {
  const parent = program.env[ANDWAIT_LEASE];
  // As a rule, what an agent says goes nowhere before it settles.
  const how = { ...(parent ? { parent } : {}), repeatable: rules.repeatable ?? true };
  const { attempt, attempts, spentTokens, notice } = run;
  const endLife = rules.silentMs === undefined ? () => {} : saysThatItLives(run, program.clock);
  const isFewer = client.slots < rules.caps.concurrency && rules.elsewhere !== true;
  const fewer = isFewer ? [fewerSlots(client.slots, rules.caps.concurrency)] : [];
  return {
    folder,
    pool: { request: (request) => run.request(request, how) },
    journal: run,
    attempt,
    attempts,
    spentTokens,
    scriptFile,
    stopped: stoppedBy(run.stopped),
    listen: (listener) => run.listen(listener),
    onHeld: (listener) => run.onHeld(listener),
    notices: [...(notice === undefined ? [] : [notice]), ...fewer],
    [Symbol.asyncDispose]: async () => {
      endLife();
      try {
        // Nothing of its own runs any more; what its agents called, and left behind, is not to outlive it.
        await client.stopRun(run.runId);
        await run.close();
      } finally {
        await client[Symbol.asyncDispose]();
      }
    },
  };
}

const LIVES_MS = 2000;

function saysThatItLives(run: PoolRun, clock: Clock): () => void {
  let cancel = (): void => {};
  const say = (): void => {
    run.lives();
    cancel = clock.after(LIVES_MS, say);
  };
  say();
  return () => cancel();
}

function stoppedBy(elsewhere: AbortSignal): AbortSignal {
  const stop = new AbortController();
  elsewhere.addEventListener('abort', () => {
    const { message, why } = elsewhere.reason as StoppedElsewhere;
    stop.abort(new RunStopped(message, why.kind === 'paused' ? why.pause : undefined));
  });
  return stop.signal;
}

function fewerSlots(slots: number, wanted: number): string {
  return `the pool has ${slots} slots, fewer than the ${wanted} agents this run may have at once: raise it with andwait pool set --slots ${wanted}`;
}
