/** Runs each call in one of the run's agent hosts. */
import { setMaxListeners } from 'node:events';
import type { PlacedBackend } from '../../agent/process/process-backend.ts';
import { inheritedEnvironment } from '../../agent/program/agent-environment.ts';
import { programTitle } from '../../agent/program/agent-program.ts';
import type { AgentCall } from '../../core/call.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { AgentBackend, AgentWatch } from '../../core/ports.ts';
import type { AgentPlace } from '../../wire/pool/agent-host-message.ts';
import { AgentHost, type AgentHostOptions } from './agent-host.ts';

export interface HostedBackendOptions extends AgentHostOptions {
  /** How many hosts there may be: starting a process keeps one core busy, so more than cores are of no use. */
  readonly hosts: number;
  /** Once aborted, an agent that is being ended is killed at once. */
  readonly hurry: AbortSignal;
}

/** A second host is worth its memory only for a run that starts agents faster than one can. */
const CALLS_PER_HOST = 4;

export class HostedBackend implements PlacedBackend {
  readonly title: string;
  readonly #options: HostedBackendOptions;
  readonly #hosts: AgentHost[] = [];
  readonly #onHurry = (): void => {
    for (const host of this.#hosts) host.hurry();
  };

  /** The first host starts at once: by the time the script makes its first call it is there. */
  constructor(options: HostedBackendOptions) {
    this.title = programTitle(options.setup.program);
    this.#options = { ...options, env: inheritedEnvironment(options.env) };
    setMaxListeners(0, options.hurry);
    options.hurry.addEventListener('abort', this.#onHurry);
    this.#start();
  }

  at(place: AgentPlace): AgentBackend {
    return {
      title: this.title,
      run: (call, watch, signal) => this.#host().run(call, place, watch, signal),
      close: async () => {},
    };
  }

  async run(call: AgentCall, watch: AgentWatch, signal: AbortSignal): Promise<Outcome> {
    return await this.#host().run(call, undefined, watch, signal);
  }

  async close(): Promise<void> {
    this.#options.hurry.removeEventListener('abort', this.#onHurry);
    await Promise.all(this.#hosts.map((host) => host.close()));
  }

  #host(): AgentHost {
    const alive = this.#hosts.filter((host) => !host.isOver);
    const idlest = alive.reduce<AgentHost | undefined>(
      (best, host) => (best === undefined || host.load < best.load ? host : best),
      undefined,
    );
    if (idlest === undefined) return this.#start();
    const isFull = idlest.load >= CALLS_PER_HOST;
    return isFull && alive.length < this.#options.hosts ? this.#start() : idlest;
  }

  #start(): AgentHost {
    const host = new AgentHost(this.#options);
    if (this.#options.hurry.aborted) host.hurry();
    this.#hosts.push(host);
    return host;
  }
}
