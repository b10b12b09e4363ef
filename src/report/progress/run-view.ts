/**
 * A run as far as its events tell: the one fold behind tree, summary and whatever else shows runs. It changes in place
 * and does the same small work for every event, because a run may have a thousand agents that talk all the time.
 */
import { addUsage, NO_USAGE, type Usage } from '../../core/outcome.ts';
import type { RunEvent, SettledEvent } from '../../core/progress.ts';
import type { RunResult } from '../../core/run.ts';
import {
  type CallState,
  type CallView,
  emptyGroup,
  type GroupView,
  noCounts,
  type OwnCall,
  type OwnCounts,
  type OwnGroup,
  type StateCounts,
  stateAfter,
} from './group-view.ts';
import { RunFindings } from './run-findings.ts';

type StartedEvent = Extract<RunEvent, { type: 'run_started' }>;
type HeldEvent = Extract<RunEvent, { type: 'run_held' }>;
type CallSeen = Pick<CallView, 'id' | 'label' | 'model'>;

export class RunView {
  readonly findings = new RunFindings();
  readonly #counts: OwnCounts = noCounts();
  readonly #calls = new Map<number, OwnCall>();
  /** Keyed by workflow, then by title; insertion order is display order. */
  readonly #workflows = new Map<string | undefined, Map<string | undefined, OwnGroup>>();
  readonly #active = new Set<OwnGroup>();
  readonly #inOrder: OwnGroup[] = [];
  #started: StartedEvent | undefined;
  #result: RunResult | undefined;
  #held: HeldEvent | undefined;
  #lastLog: Extract<RunEvent, { type: 'log' }> | undefined;
  #usage: Usage = NO_USAGE;
  #costUsd = 0;

  constructor() {
    // Calls outside any phase come before all phases, however late the first of them is made.
    this.#group(undefined, undefined);
  }

  get started(): StartedEvent | undefined {
    return this.#started;
  }
  get result(): RunResult | undefined {
    return this.#result;
  }
  /** Why nothing new starts now. */
  get held(): HeldEvent | undefined {
    return this.#held;
  }
  /** What was said last. */
  get lastLog(): Extract<RunEvent, { type: 'log' }> | undefined {
    return this.#lastLog;
  }
  get counts(): StateCounts {
    return this.#counts;
  }
  /** Of the calls that ran in this attempt: what was replayed was paid for before. */
  get usage(): Usage {
    return this.#usage;
  }
  get costUsd(): number {
    return this.#costUsd;
  }
  get calls(): ReadonlyMap<number, CallView> {
    return this.#calls;
  }
  /** Groups with calls that wait or run. */
  get active(): ReadonlySet<GroupView> {
    return this.#active;
  }
  /** As they came up. */
  get groupsInOrder(): readonly GroupView[] {
    return this.#inOrder;
  }

  /** Declared phases first, in order, then others as they came up; then child workflows, each with its own. */
  *groups(): Generator<GroupView> {
    for (const byTitle of this.#workflows.values()) yield* byTitle.values();
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'run_started':
        this.#started = event;
        for (const title of event.phases) this.#group(undefined, title);
        return;
      case 'phase':
        this.#group(event.workflow, event.title).begun = true;
        return;
      case 'call_queued':
        if (this.#calls.has(event.call)) return;
        this.#add({ ...event, id: event.call }, this.#group(event.workflow, event.phase));
        return;
      case 'call_started':
        this.#start(event.call, event.at);
        return;
      case 'call_placed': {
        const call = this.#calls.get(event.call);
        if (call?.settled === undefined && call !== undefined) call.host = event.host;
        return;
      }
      case 'call_put_back':
        this.#putBack(event);
        return;
      case 'call_activity': {
        const call = this.#calls.get(event.call);
        if (call === undefined) return;
        call.activity = { is: event.activity, since: event.at };
        call.soFar = event.soFar ?? call.soFar;
        return;
      }
      case 'call_settled':
        this.#settle(event);
        return;
      case 'call_refused':
        this.findings.addRefusal(event);
        this.#refuse(event.call);
        return;
      case 'result':
        this.#result = event;
        return;
      case 'run_held':
        this.#held = event;
        return;
      case 'run_released':
        this.#held = undefined;
        return;
      case 'log':
        this.#lastLog = event;
        return;
    }
  }

  #group(workflow: string | undefined, title: string | undefined): OwnGroup {
    let byTitle = this.#workflows.get(workflow);
    if (byTitle === undefined) {
      byTitle = new Map();
      this.#workflows.set(workflow, byTitle);
    }
    let group = byTitle.get(title);
    if (group === undefined) {
      group = emptyGroup(workflow, title, this.#inOrder.length);
      this.#inOrder.push(group);
      byTitle.set(title, group);
    }
    return group;
  }

  #add({ id, label, model }: CallSeen, group: OwnGroup): OwnCall {
    const call: OwnCall = {
      id,
      label,
      model,
      group,
      state: 'queued',
      startedAt: undefined,
      activity: undefined,
      soFar: undefined,
      host: undefined,
      settled: undefined,
    };
    this.#calls.set(id, call);
    group.begun = true;
    this.#count(group, 'queued', 1);
    return call;
  }

  #start(id: number, at: number): void {
    const call = this.#calls.get(id);
    if (call?.state !== 'queued') return;
    call.startedAt = at;
    this.#move(call, 'running');
    call.group.running.set(id, call);
  }

  #putBack({ call: id, usage, costUsd }: Extract<RunEvent, { type: 'call_put_back' }>): void {
    this.#pay(usage, costUsd);
    const call = this.#calls.get(id);
    if (call?.state !== 'running') return;
    call.group.running.delete(id);
    call.startedAt = undefined;
    call.activity = undefined;
    call.host = undefined;
    this.#move(call, 'queued');
  }

  /** A call that was queued before a cap was reached never starts. */
  #refuse(id: number | undefined): void {
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call?.state === 'queued') this.#move(call, 'stopped');
  }

  #settle(event: SettledEvent): void {
    const call = this.#calls.get(event.call) ?? this.#addUnseen(event);
    if (call.settled !== undefined) return;
    call.settled = event;
    call.host = event.host ?? call.host;
    call.group.running.delete(call.id);
    this.#move(call, stateAfter(event));
    if (call.state === 'failed') call.group.failed.push(call);
    else if (call.state !== 'stopped') call.group.finished.push(call);
    this.findings.addSettled(event);
    if (!event.replayed) this.#pay(event.usage, event.costUsd);
  }

  #pay(usage: Usage, costUsd: number | null): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#costUsd += costUsd ?? 0;
  }

  /** A viewer that joined late sees ends of calls it never saw queued. */
  #addUnseen({ call: id, label }: SettledEvent): OwnCall {
    return this.#add({ id, label, model: undefined }, this.#group(undefined, undefined));
  }

  #move(call: OwnCall, state: CallState): void {
    this.#count(call.group, call.state, -1);
    call.state = state;
    this.#count(call.group, state, 1);
  }

  #count(group: OwnGroup, state: CallState, by: number): void {
    group.counts[state] += by;
    this.#counts[state] += by;
    if (group.counts.queued + group.counts.running > 0) this.#active.add(group);
    else this.#active.delete(group);
  }
}
