/**
 * A small process that starts a run's agents. Node's fork copies the page tables of the process it forks from, and a run
 * with a thousand queued calls is large: from here a start takes a third of the time, and nothing of the run waits for it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type KillProcess, ProcessGroup } from '../../agent/process/process-group.ts';
import { StderrTail } from '../../agent/process/stderr-tail.ts';
import { endSurvivors } from '../../agent/process/survivors.ts';
import type { AgentCall } from '../../core/call.ts';
import { failure, neverStarted, type Outcome } from '../../core/outcome.ts';
import type { AgentWatch, Clock } from '../../core/ports.ts';
import { LineBatch } from '../../wire/lines/line-batch.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import type { AgentPlace, FromAgentHost, ToAgentHost } from '../../wire/pool/agent-host-message.ts';
import type { HostSetup } from './host-setup.ts';

export interface AgentHostOptions {
  readonly nodePath: string;
  /** The built host program. */
  readonly hostPath: string;
  /** Of the agents, too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly setup: HostSetup;
  readonly clock: Clock;
  readonly kill: KillProcess;
}

interface OpenCall {
  readonly watch: AgentWatch;
  readonly resolve: (outcome: Outcome) => void;
  pid: number | undefined;
}

/** An outcome holds an agent's whole answer, and what is larger has been refused before. */
const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;
const KILL_MS = 5_000;
/** How many times as long as an agent may take to end a host may take to say so: one that is stopped (SIGSTOP) never does. */
const SILENCE = 3;

export class AgentHost {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: AgentHostOptions;
  readonly #orders: LineBatch;
  readonly #open = new Map<number, OpenCall>();
  readonly #stderr = new StderrTail();
  readonly #ended: Promise<void>;
  /** Why no call can be run here any more. */
  #end: string | undefined;

  constructor(options: AgentHostOptions) {
    this.#options = options;
    // A session of its own: a Ctrl-C at the terminal is for the run, which then decides what becomes of its agents.
    this.#child = spawn(options.nodePath, [options.hostPath], {
      cwd: '/',
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#orders = new LineBatch(this.#child.stdin);
    const lines = new LineSplitter(
      { line: (bytes) => this.#take(JSON.parse(bytes.toString('utf8'))), tooLong: () => {} },
      MAX_MESSAGE_BYTES,
    );
    this.#child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    // EPIPE: it is gone, and its exit tells.
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(this.#over(`could not be started (${error.message})`)));
      this.#child.once('close', (code, signal) => resolve(this.#over(`ended with ${signal ?? code}`)));
    });
    this.#send({ type: 'setup', setup: options.setup });
  }

  /** Calls that run here. */
  get load(): number {
    return this.#open.size;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  run(
    call: AgentCall,
    place: AgentPlace | undefined,
    watch: AgentWatch,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (signal.aborted) return Promise.resolve(neverStarted());
    if (this.#end !== undefined) return Promise.resolve(lost(this.#end, false));
    return new Promise((resolve) => {
      let answered = (): void => {};
      const stop = (): void => {
        this.#send({ type: 'stop', call: call.id });
        answered = this.#killUnlessAnswered();
      };
      signal.addEventListener('abort', stop);
      const settle = (outcome: Outcome): void => {
        signal.removeEventListener('abort', stop);
        answered();
        resolve(outcome);
      };
      this.#open.set(call.id, { watch, resolve: settle, pid: undefined });
      const { ticket, budgetUsd, session } = watch;
      this.#send({ type: 'run', call, ticket, place, budgetUsd, session });
    });
  }

  hurry(): void {
    this.#send({ type: 'hurry' });
  }

  /** Resolves when it has ended: at once, unless a call still runs. */
  async close(): Promise<void> {
    this.#orders.flush();
    this.#child.stdin.end();
    const answered = this.#killUnlessAnswered();
    await this.#ended;
    answered();
  }

  /** Its end tells of its agents, which are then ended from here. */
  #killUnlessAnswered(): () => void {
    const { clock, setup } = this.#options;
    const ms = SILENCE * (setup.limits.killMs ?? KILL_MS);
    return clock.after(ms, () => void this.#child.kill('SIGKILL'));
  }

  #send(message: ToAgentHost<HostSetup>): void {
    this.#orders.add(message);
  }

  #take(message: FromAgentHost): void {
    const open = this.#open.get(message.call);
    if (open === undefined) return;
    switch (message.type) {
      case 'pressed':
        open.watch.pressed(message.pressure);
        return;
      case 'runs':
        open.pid = message.pid;
        open.watch.runs(message.pid);
        return;
      case 'activity':
        open.watch.activity(message.activity, message.soFar);
        return;
      case 'warn':
        open.watch.warn(message.message);
        return;
      case 'outcome':
        this.#open.delete(message.call);
        open.resolve(message.outcome);
        return;
    }
  }

  /** It ends its agents before itself; only where it was killed there is something left to end. */
  async #over(how: string): Promise<void> {
    this.#end ??= `the process that starts agents ${how}${lastWords(this.#stderr.text())}`;
    const { clock, kill } = this.#options;
    const left = [...this.#open.values()];
    this.#open.clear();
    const reason = this.#end;
    await Promise.all(
      left.map(async ({ pid, resolve }) => {
        const group = pid === undefined ? undefined : new ProcessGroup(pid, kill);
        if (group?.exists()) await endSurvivors(group, clock, KILL_MS);
        resolve(lost(reason, pid !== undefined));
      }),
    );
  }
}

function lost(reason: string, ran: boolean): Outcome {
  const message = `${reason}, and with it this agent; run it again`;
  return failure('killed', message, ran ? { unmetered: true } : {});
}

function lastWords(stderr: string): string {
  return stderr.trim() === '' ? '' : `: ${stderr.trim().slice(-500)}`;
}
