/** The agents of a host that takes calls from a queue: one backend for each set of settings that runs ask for. */
import type { PlacedBackend } from '../../agent/process/process-backend.ts';
import type { Program } from '../../core/program.ts';
import { defaultOptions, type RunOptions } from '../../core/run.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import type { QueueJob } from '../../wire/queue/queue-job.ts';
import { placedBackendFor } from '../agent-backend.ts';
import { withoutQueue } from '../queue-chosen.ts';
import type { Stops } from '../stops.ts';
import { type HostLimits, overreach } from './host-limits.ts';
import { RunRefused } from './host-work.ts';

export interface HostChoices extends HostLimits {
  /** The program that answers on this host. */
  readonly agent: RunOptions['agent'];
  /** Folder the agents work in. */
  readonly cwd: string;
}

/** What of a job decides about who answers it. */
type Wanted = Pick<QueueJob, 'settings' | 'tree'>;

interface Kept {
  readonly backend: Promise<PlacedBackend>;
  running: number;
}

/** Each has processes of its own: of more, those that nobody uses are let go. */
const MOST_KEPT = 8;

export class WorkerAgents {
  readonly #choices: HostChoices;
  readonly #program: Program;
  readonly #stops: Stops;
  readonly #kept = new Map<string, Kept>();
  #place: { readonly folder: RunFolder; readonly runId: string } | undefined;

  constructor(choices: HostChoices, program: Program, stops: Stops) {
    this.#choices = choices;
    this.#program = withoutItsQueue(program);
    this.#stops = stops;
  }

  /** Rejects with `UserError` where there is no such program: better now than at every call. */
  async check(): Promise<void> {
    const options = { ...defaultOptions(this.#program.cores), agent: this.#choices.agent };
    await placedBackendFor(options, this.#choices.cwd, this.#program, this.#stops);
  }

  /** Where their transcripts go. Once, before any is asked for. */
  workIn(folder: RunFolder, runId: string): void {
    this.#place = { folder, runId };
  }

  /** Rejects where they cannot be had here; with `RunRefused` where the run asks for what this host does not do. */
  async using<T>(job: Wanted, work: (backend: PlacedBackend) => Promise<T>): Promise<T> {
    const refusal = overreach(job.settings, this.#choices);
    if (refusal !== undefined) throw new RunRefused(refusal);
    const isElsewhere = job.tree !== undefined;
    const key = JSON.stringify([job.settings, isElsewhere]);
    const kept = this.#kept.get(key) ?? { backend: this.#make(job.settings, isElsewhere), running: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.running += 1;
    // What cannot be had now may be had later.
    kept.backend.catch(() => void this.#kept.delete(key));
    try {
      return await work(await kept.backend);
    } finally {
      kept.running -= 1;
      this.#letGo();
    }
  }

  async close(): Promise<void> {
    for (const { backend } of this.#kept.values()) await (await backend.catch(() => undefined))?.close();
  }

  async #make(settings: Wanted['settings'], isElsewhere: boolean): Promise<PlacedBackend> {
    const { cwd } = this.#choices;
    // The program of this host has no say in what no program answers.
    const agent = settings.rehearse ? 'auto' : this.#choices.agent;
    if (this.#place === undefined) throw new Error('no run is open');
    if (settings.agent !== 'auto' && agent !== 'auto' && settings.agent !== agent) {
      throw new RunRefused(`the run wants --agent ${settings.agent}, and this host has --agent ${agent}`);
    }
    const chosen = settings.agent === 'auto' ? agent : settings.agent;
    const options = { ...defaultOptions(this.#program.cores), ...settings, agent: chosen };
    const backendIn = await placedBackendFor(options, cwd, this.#program, this.#stops, { isElsewhere });
    return backendIn(this.#place.folder, this.#place.runId);
  }

  #letGo(): void {
    for (const [key, { backend, running }] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) return;
      if (running > 0) continue;
      this.#kept.delete(key);
      backend.then((each) => each.close()).catch(() => {});
    }
  }
}

function withoutItsQueue(program: Program): Program {
  // A program's getters (its folder may be gone) are to be asked when they are needed.
  return Object.create(program, { env: { value: withoutQueue(program.env) } }) as Program;
}
