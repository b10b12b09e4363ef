/** What the scripts of one run share: pool, counts, log, abort; and the promise that nothing of theirs outlives the run. */

import { setMaxListeners } from 'node:events';
import type { AgentBackend, Clock, SlotSource } from '../core/ports.ts';
import { type RunEvent, tallyAfter } from '../core/progress.ts';
import { EMPTY_TALLY, type Tally } from '../core/run.ts';
import type { ParsedScript } from '../script/parse-script.ts';
import type { Answer, ScriptEnd, ScriptHost, ScriptWorld } from '../script/script-host.ts';
import type { JournalRecord } from '../wire/records/record.ts';
import type { CallDeps } from './call-agent.ts';
import type { CallChoices } from './call-request.ts';
import type { WorkflowFinder } from './saved/find-workflow.ts';

export type RunChoices = Omit<CallChoices, 'metaModels'>;

export interface SessionDeps {
  readonly pool: SlotSource;
  readonly backend: AgentBackend;
  readonly host: ScriptHost;
  readonly clock: Clock;
  readonly choices: RunChoices;
  readonly budgetTokens: number | null;
  /** Output tokens of earlier attempts that no replay will bring back: spent all the same. */
  readonly spentBefore: number;
  /** For the log, before anything happens. */
  readonly notices: readonly string[];
  readonly workflows: WorkflowFinder;
  /** Names an `agentType` may have; read when the first call names one. */
  readonly agentTypes: () => Promise<readonly string[]>;
  readonly record: (record: JournalRecord) => void;
  readonly progress: (event: RunEvent) => void;
}

export class RunSession {
  readonly choices: RunChoices;
  readonly callDeps: CallDeps;
  readonly workflows: WorkflowFinder;
  readonly #deps: SessionDeps;
  readonly #open = new Set<Promise<unknown>>();
  /** Ends the agents, but not the script: aborted when the script ended or the run was stopped. */
  readonly #agents = new AbortController();
  /** Ends the script: a bug or a broken journal; nothing more may be claimed. */
  readonly #broken = new AbortController();
  #order: Promise<unknown> = Promise.resolve();
  #agentTypes: Promise<readonly string[]> | undefined;
  #spentTokens: number;
  #wasCapAnswered = false;
  #isCapSwallowed = false;
  tally: Tally = EMPTY_TALLY;

  constructor(deps: SessionDeps) {
    // Every call that waits or runs listens for the end: as many as the run has calls, and no leak.
    setMaxListeners(0, this.#agents.signal, this.#broken.signal);
    this.#deps = deps;
    this.choices = deps.choices;
    this.#spentTokens = deps.spentBefore;
    this.workflows = deps.workflows;
    this.callDeps = {
      pool: deps.pool,
      backend: deps.backend,
      clock: deps.clock,
      progress: (event) => this.progress(event),
      warn: (message) => this.log(message),
    };
  }

  /** Runs a script in the run's host. Rejects when the run was stopped or broke. */
  async runScript(
    script: ParsedScript,
    argsJson: string | undefined,
    world: ScriptWorld,
  ): Promise<ScriptEnd> {
    const { host, budgetTokens } = this.#deps;
    return await host.run(script, argsJson, budgetTokens, world, this.#broken.signal);
  }

  /** Remembers a piece of the script's work until it ended. What throws here is no failure of an agent: it ends the run. */
  track(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const running = work(this.#agents.signal).catch((error: Error): Answer => {
      this.stop(error);
      return { kind: 'error', name: error.name, message: error.message, cap: false };
    });
    this.#open.add(running);
    void running.finally(() => this.#open.delete(running));
    return running;
  }

  /** Ends script and agents at once; `runScript` rejects with `reason`. The first reason wins. */
  stop(reason: Error): void {
    this.#broken.abort(reason);
    this.#agents.abort(reason);
  }

  /** Ends what still runs and waits until it has: an agent that nobody awaits is not left behind. */
  async endAgents(reason: Error): Promise<void> {
    this.#agents.abort(reason);
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** A journal may break after the script returned: success must not be claimed then. */
  throwIfBroken(): void {
    this.#broken.signal.throwIfAborted();
  }

  /** Work begun in the script's order also ends in it, however long a single piece takes: calls are numbered as they were made. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#order.then(work);
    this.#order = mine.catch(() => undefined);
    return mine;
  }

  /** In words, when there is no agent type of that name. */
  async unknownAgentType(name: string | undefined): Promise<string | undefined> {
    if (name === undefined) return undefined;
    this.#agentTypes ??= this.#deps.agentTypes();
    const known = await this.#agentTypes;
    if (known.includes(name)) return undefined;
    return `agent() agentType ${JSON.stringify(name)} is not known; known here: ${known.join(', ')}`;
  }

  /** Replayed calls count: a script that spends what `budget` leaves must take the same turns when it is resumed. */
  spentTokens(): number {
    return this.#spentTokens;
  }

  /** A call is answered with a cap's refusal. */
  capAnswered(): void {
    this.#wasCapAnswered = true;
  }

  /** The word of a script alone does not count: no cap may have refused it anything. */
  capSwallowed(): void {
    if (this.#wasCapAnswered) this.#isCapSwallowed = true;
  }

  /** A script went on without work that a cap refused, and its author was never told. */
  get isCapSwallowed(): boolean {
    return this.#isCapSwallowed;
  }

  phase(title: string, workflow: string | undefined): void {
    const at = this.#deps.clock.now();
    this.#deps.record({ type: 'phase', title, workflow, at });
    this.progress({ type: 'phase', title, workflow, at });
  }

  /** `call`: the failed call that the line tells of. */
  log(text: string, call?: number): void {
    const at = this.#deps.clock.now();
    this.#deps.record({ type: 'log', text, call, at });
    this.progress({ type: 'log', text, call, at });
  }

  progress(event: RunEvent): void {
    this.tally = tallyAfter(this.tally, event);
    if (event.type === 'call_settled') this.#spentTokens += event.usage.outputTokens;
    this.#deps.progress(event);
  }
}
