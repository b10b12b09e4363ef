/** The run that a worker has of its own on its host: what it takes are calls of that, with slots, pace and journal like any. */

import type { Program } from '../../core/program.ts';
import { defaultOptions } from '../../core/run.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { LOCK_MS, RENEW_MS } from '../../queue/queue-engine.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import type { AttemptPlan } from '../../workflow/run-attempt.ts';
import { runOpener } from '../open-run-place.ts';
import type { HostChoices } from './worker-agents.ts';

export interface OwnRun extends Pick<HostChoices, 'agent' | 'cwd'> {
  readonly runId: string;
  /** Name of this host. */
  readonly host: string;
  readonly stateDir: string;
  readonly queue: QueueUrl;
  /** Agents at once for this queue. */
  readonly slots: number;
}

/** One that is frozen has renewed its locks no longer ago: its agents are ended before they run on another host as well. */
const SILENT_MS = LOCK_MS - RENEW_MS;

/** It begins now. */
export function ownRun(
  { runId, host, stateDir, queue, slots, agent, cwd }: OwnRun,
  program: Program,
): AttemptPlan {
  const { clock, cores } = program;
  // Caps are those of the runs that ask: this one only says how many at once.
  const caps = { concurrency: slots, agents: Number.MAX_SAFE_INTEGER, outputTokens: null, costUsd: null };
  const options = { ...defaultOptions(cores), caps, agent, queue: queue.masked, waitForQuota: true };
  const description = `takes calls from ${queue.masked}`;
  const told = { runId, name: `worker on ${host}`, description, args: { slots }, options };
  const described = describedRun({ ...told, kind: 'worker', scriptPath: '', cwd, startedAt: clock.now() });
  // What comes to nothing for limits or a quota is for the run that asked to put back.
  const waits = { waitForQuota: true, waitForCredentials: true, silentMs: SILENT_MS };
  const rules = { caps, reuse: 'none', rehearsal: false, repeatable: false, ...waits } as const;
  const opener = runOpener(rules, false, program);
  return { ...told, open: () => opener.openNew(stateDir, described, undefined) };
}
