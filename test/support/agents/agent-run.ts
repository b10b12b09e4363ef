/** One call through the real process backend on a steered agent: real processes, manual time. */
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { ProcessBackend } from '../../../src/agent/process/process-backend.ts';
import type { AgentLimits, AgentSettings } from '../../../src/agent/program/agent-settings.ts';
import type { AgentCall } from '../../../src/core/call.ts';
import type { Outcome, Pressure } from '../../../src/core/outcome.ts';
import type { AgentWatch, LeaseTicket } from '../../../src/core/ports.ts';
import type { CallActivity } from '../../../src/core/progress.ts';
import { agentCall } from '../calls.ts';
import { until } from '../looking.ts';
import { ManualClock } from '../manual-clock.ts';
import { AgentRig, type SteeredAgent } from './agent-rig.ts';

export const INIT = { type: 'system', subtype: 'init', session_id: 's-1', model: 'some-model' };
export const RESULT = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'done',
  num_turns: 1,
  session_id: 's-1',
  total_cost_usd: 0.5,
};

export class RecordingWatch implements AgentWatch {
  readonly ticket: LeaseTicket | undefined;
  readonly warnings: string[] = [];
  readonly lines: string[] = [];
  readonly activities: CallActivity[] = [];
  readonly pids: number[] = [];
  readonly pressures: Pressure[] = [];
  constructor(leaseId?: string) {
    // Of a pool that nobody serves: the agent runs without the connection, and is marked all the same.
    this.ticket = leaseId === undefined ? undefined : { socketPath: '/nowhere/pool', token: '', leaseId };
  }
  #waiting: { readonly lines: number; readonly resolve: () => void }[] = [];
  readonly transcript = {
    write: (line: Uint8Array) => {
      this.lines.push(Buffer.from(line).toString('utf8'));
      for (const { lines, resolve } of this.#waiting) if (this.lines.length >= lines) resolve();
    },
    close: async () => {},
  };
  /** Resolves when that many lines have been read: what an agent says takes its time through the pipe. */
  heard(lines: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.lines.length >= lines) resolve();
      else this.#waiting.push({ lines, resolve });
    });
  }
  warn(message: string): void {
    this.warnings.push(message);
  }
  runs(pid: number): void {
    this.pids.push(pid);
  }
  pressed(pressure: Pressure): void {
    this.pressures.push(pressure);
  }

  activity(activity: CallActivity): void {
    this.activities.push(activity);
  }
}

export interface AgentRunOptions {
  readonly call?: Partial<AgentCall>;
  readonly settings?: Partial<AgentSettings>;
  readonly limits?: Partial<AgentLimits>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly leaseId?: string;
}

export interface AgentRun {
  readonly rig: AgentRig;
  readonly agent: SteeredAgent;
  readonly clock: ManualClock;
  readonly watch: RecordingWatch;
  readonly outcome: Promise<Outcome>;
  /** Resolves once `outcome` did, with every timer of up to a minute let fire: for endings that look again and again. */
  ended(): Promise<Outcome>;
  stop(): void;
}

export async function runAgent(options: AgentRunOptions = {}): Promise<AgentRun> {
  const rig = await AgentRig.start();
  const clock = new ManualClock();
  const watch = new RecordingWatch(options.leaseId);
  const controller = new AbortController();
  const killed: number[] = [];
  const kill = (pid: number, signal: NodeJS.Signals | 0): void => {
    process.kill(pid, signal);
    if (signal === 'SIGKILL') killed.push(Math.abs(pid));
  };
  const backend = new ProcessBackend({
    program: rig.program,
    cwd: options.cwd ?? rig.binDir,
    env: { PATH: process.env['PATH'], ...options.env },
    runId: 'run-1',
    openTranscript: () => watch.transcript,
    clock,
    kill,
    self: { uid: process.getuid?.() ?? 0, pid: process.pid },
    settings: options.settings ?? {},
    limits: options.limits ?? {},
  });
  const outcome = backend.run(agentCall(options.call), watch, controller.signal);
  // A test that fails early must not leave an agent waiting for time that never passes.
  onTestFinished(() => endGroups(watch.pids));
  const early = outcome.then((ended) => {
    throw new Error(`the agent was never started: ${JSON.stringify(ended)}`);
  });
  const agent = await Promise.race([rig.next(), early]);
  return {
    rig,
    agent,
    clock,
    watch,
    outcome,
    // What waits for the end of one that was killed would give up, by a clock faster than the kernel of a busy machine.
    ended: () => clock.runUntil(outcome, 60_000, () => until(() => !killed.some(isRunning))),
    stop: () => controller.abort(new Error('stopped by the test')),
  };
}

function endGroups(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody left, as it should be.
    }
  }
}

/** Runs, that is: a zombie that nobody has waited for does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return process.platform !== 'linux';
  }
}
