/** Runs each call as one child process of an agent program: the real `claude -p`, or our own print mode. */
import type { AgentCall } from '../../core/call.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { AgentBackend, AgentWatch, Clock, OpenTranscript } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import { ANDWAIT_AGENT } from '../../wire/environment/run-environment.ts';
import type { ProcessSearch } from '../../wire/processes/marked-processes.ts';
import { withTranscript } from '../../wire/with-transcript.ts';
import { outcomeOf } from '../outcome/outcome-of.ts';
import { callEnvironment, inheritedEnvironment } from '../program/agent-environment.ts';
import { type AgentProgram, programTitle } from '../program/agent-program.ts';
import {
  type AgentLimits,
  type AgentSettings,
  DEFAULT_AGENT_LIMITS,
  DEFAULT_AGENT_SETTINGS,
} from '../program/agent-settings.ts';
import { commandLineOf } from '../program/command-line.ts';
import { runAgentProcess } from './agent-life.ts';
import type { KillProcess } from './process-group.ts';

/** Where an agent works. */
export interface Place {
  readonly cwd: string;
  readonly env: Environment;
}

export interface ProcessBackendOptions extends Place {
  readonly program: AgentProgram;
  readonly runId: string;
  readonly openTranscript: OpenTranscript;
  readonly clock: Clock;
  /** `process.kill`. */
  readonly kill: KillProcess;
  /** Of this process, and whose agents it ends. */
  readonly self: ProcessSearch;
  readonly settings?: Partial<AgentSettings>;
  readonly limits?: Partial<AgentLimits>;
  /** Once aborted, an agent that is being ended is killed at once, without the time it has to end by itself. */
  readonly hurry?: AbortSignal;
}

/** A backend that can be had for another folder: what isolation needs. */
export interface PlacedBackend extends AgentBackend {
  at(place: Place): AgentBackend;
}

export class ProcessBackend implements PlacedBackend {
  readonly title: string;
  readonly #options: ProcessBackendOptions;
  readonly #settings: AgentSettings;
  readonly #limits: AgentLimits;

  constructor(options: ProcessBackendOptions) {
    this.title = programTitle(options.program);
    this.#options = { ...options, env: inheritedEnvironment(options.env) };
    this.#settings = { ...DEFAULT_AGENT_SETTINGS, ...options.settings };
    this.#limits = { ...DEFAULT_AGENT_LIMITS, ...options.limits };
  }

  at(place: Place): ProcessBackend {
    return new ProcessBackend({ ...this.#options, ...place });
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    const { program, cwd, env, runId, clock, kill, self, hurry, openTranscript } = this.#options;
    const deps = {
      cwd,
      env: { ...callEnvironment(env, call, runId, watch.ticket), [ANDWAIT_AGENT]: '1' },
      clock,
      kill,
      self,
      hurry,
    };
    const limits = this.#limits;
    return await withTranscript(openTranscript, call, watch, async (transcript) => {
      const commandLine = commandLineOf(call, program, this.#settings, watch);
      const facts = await runAgentProcess(commandLine, { ...deps, limits, transcript }, watch, signal);
      return outcomeOf({ ...facts, wantsStructured: call.schema !== undefined });
    });
  }

  async close(): Promise<void> {}
}
