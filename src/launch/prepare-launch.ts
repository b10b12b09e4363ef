/** What a new run and a resumed one have in common: script, agents and sandbox, ready to start. */
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import type { Json } from '../core/json.ts';
import type { Program } from '../core/program.ts';
import type { RunOptions } from '../core/run.ts';
import type { RunFolder } from '../journal/run-folder.ts';
import type { Reuse } from '../pool/run-state.ts';
import { findAgentTypes } from '../print/agent-types/agent-types.ts';
import type { QueueUrl } from '../queue/queue-url.ts';
import type { ScriptSource } from '../script/parse-script.ts';
import { DEFAULT_LIMITS, ScriptHost, type ScriptLimits } from '../script/script-host.ts';
import type { LaunchDeps, RunLaunch } from '../workflow/launch-run.ts';
import type { OpenedRun } from '../workflow/opened-run.ts';
import { CLAUDE_CONFIG_DIR } from '../workflow/saved/workflow-places.ts';
import { backendFor, type RunAgents, type SessionAgents } from './agent-backend.ts';
import { openerOf, type RunOpener } from './open-run-place.ts';
import { savedWorkflows } from './saved-workflows.ts';
import type { Stops } from './stops.ts';
import type { Started } from './trees/run-start.ts';

/** Set by an operator whose scripts compute for longer: seconds a script may work without a pause (default 30). */
export const ANDWAIT_SCRIPT_SYNC_SECONDS = 'ANDWAIT_SCRIPT_SYNC_SECONDS';

export interface PreparedRun {
  readonly launch: RunLaunch;
  readonly deps: Omit<LaunchDeps, 'progress'>;
}

export interface LaunchPlan {
  readonly runId: string;
  readonly source: ScriptSource;
  readonly args: Json | undefined;
  readonly cwd: string;
  readonly options: RunOptions;
  readonly reuse: Reuse;
  readonly ofSession?: SessionAgents | undefined;
  /** Its agents run on the hosts that take calls from there. */
  readonly queue?: QueueUrl | undefined;
  /** What they start from. */
  readonly started?: Started | undefined;
}

/** Says what is wrong before anything is made; the returned function adds how the run's folder is had. */
export async function prepareLaunch(
  plan: LaunchPlan,
  program: Program,
  stops: Stops,
): Promise<(open: (opener: RunOpener) => Promise<OpenedRun>) => PreparedRun> {
  const { runId, source, args, options, reuse, queue } = plan;
  const { clock } = program;
  const { scriptParts, agents } = await partsOf(plan, program, stops);
  const opener = openerOf(options, reuse, program, { elsewhere: queue !== undefined });
  return (open) => ({
    launch: {
      runId,
      script: source.script,
      args,
      options,
      open: async () => {
        try {
          const opened = await open(opener);
          return { ...opened, notices: [...opened.notices, ...agents.notices] };
        } catch (error) {
          await agents.close();
          throw error;
        }
      },
    },
    deps: {
      pid: program.pid,
      clock,
      ...scriptParts,
      backendIn: (folder: RunFolder) => agents.backendIn(folder, runId),
    },
  });
}

async function partsOf(plan: LaunchPlan, program: Program, stops: Stops) {
  try {
    const scriptParts = scriptPartsIn(plan.cwd, program);
    return { scriptParts, agents: await agentsOf(plan, program, stops) };
  } catch (error) {
    await plan.started?.abandoned();
    throw error;
  } finally {
    await plan.started?.over();
  }
}

async function agentsOf(
  { runId, cwd, options, reuse, ofSession, queue, started }: Omit<LaunchPlan, 'source' | 'args'>,
  program: Program,
  stops: Stops,
): Promise<RunAgents> {
  if (queue === undefined) {
    const backendIn = await backendFor(options, cwd, program, stops, ofSession);
    return { backendIn, notices: [], close: async () => {} };
  }
  const { queueBackendFor } = await import('./queue-backend-for.ts');
  if (started === undefined) throw new Error('nobody said what the agents start from');
  return await queueBackendFor({ runId, queue, options, reuse, started }, program, stops);
}

/** What a script needs besides agents, whoever runs it; `longestSyncMs` bounds what the limits allow. */
export function scriptPartsIn(
  cwd: string,
  program: Program,
  longestSyncMs = Number.POSITIVE_INFINITY,
): Pick<LaunchDeps, 'workflows' | 'startHost' | 'agentTypes'> {
  const { env, clock, nodePath, distDir, homeDir } = program;
  const limits = scriptLimits(env);
  const bounded = { ...limits, syncMs: Math.min(limits.syncMs, longestSyncMs) };
  const places = { cwd, homeDir, configDir: env[CLAUDE_CONFIG_DIR] };
  const hostPath = path.join(distDir, 'script-host.cjs');
  return {
    workflows: savedWorkflows(cwd, program),
    startHost: () => ScriptHost.start({ nodePath, hostPath, clock, limits: bounded }),
    agentTypes: async () => (await findAgentTypes(places)).map((type) => type.name),
  };
}

function scriptLimits(env: Program['env']): ScriptLimits {
  const text = env[ANDWAIT_SCRIPT_SYNC_SECONDS];
  if (text === undefined || text === '') return DEFAULT_LIMITS;
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw new UserError(
      `${ANDWAIT_SCRIPT_SYNC_SECONDS} is ${JSON.stringify(text)}; expected seconds above 0`,
    );
  }
  return { ...DEFAULT_LIMITS, syncMs: seconds * 1000 };
}
