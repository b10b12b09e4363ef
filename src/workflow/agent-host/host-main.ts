/** The agent host's own side: runs each call as a child process, and ends them all when the run that asked is gone. */
import { ProcessBackend } from '../../agent/process/process-backend.ts';
import { EXIT } from '../../core/exit.ts';
import type { AgentBackend, AgentWatch } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import { TranscriptFile, transcriptFileIn } from '../../journal/transcript-file.ts';
import { LineBatch } from '../../wire/lines/line-batch.ts';
import { LineSplitter } from '../../wire/lines/line-splitter.ts';
import type { FromAgentHost, ToAgentHost } from '../../wire/pool/agent-host-message.ts';
import type { HostSetup } from './host-setup.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;

/** Ends when its stdin does: that is the run's word for "no more", and what is left of a run that was killed. */
export async function agentHostMain(program: Program): Promise<number> {
  const host = new Host(program);
  const lines = new LineSplitter(
    { line: (bytes) => host.take(JSON.parse(bytes.toString('utf8'))), tooLong: () => {} },
    MAX_MESSAGE_BYTES,
  );
  // A run that is gone reads no more; what is still to do here is to end its agents.
  program.stdout.on('error', () => {});
  await new Promise<void>((resolve) => {
    program.stdin.on('data', (chunk: Buffer) => lines.push(chunk));
    program.stdin.once('end', resolve).once('error', () => resolve());
  });
  await host.end();
  return EXIT.done;
}

class Host {
  readonly #program: Program;
  readonly #hurry = new AbortController();
  readonly #said: LineBatch;
  readonly #running = new Map<number, { readonly stop: AbortController; readonly over: Promise<void> }>();
  #backend: ProcessBackend | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#said = new LineBatch(program.stdout);
  }

  take(message: ToAgentHost<HostSetup>): void {
    switch (message.type) {
      case 'setup':
        this.#backend = this.#backendOf(message.setup);
        return;
      case 'run':
        this.#run(message);
        return;
      case 'stop':
        this.#running.get(message.call)?.stop.abort();
        return;
      case 'hurry':
        this.#hurry.abort();
        return;
    }
  }

  async end(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ over }) => over));
    this.#said.flush();
  }

  #run({ call, ticket, place, budgetUsd, session }: Extract<ToAgentHost<HostSetup>, { type: 'run' }>): void {
    if (this.#backend === undefined) throw new Error('a call came before the setup');
    const backend: AgentBackend = place === undefined ? this.#backend : this.#backend.at(place);
    const stop = new AbortController();
    const watch: AgentWatch = {
      ticket,
      budgetUsd,
      session,
      runs: (pid) => this.#send({ type: 'runs', call: call.id, pid }),
      pressed: (pressure) => this.#send({ type: 'pressed', call: call.id, pressure }),
      activity: (activity, soFar) => this.#send({ type: 'activity', call: call.id, activity, soFar }),
      warn: (message) => this.#send({ type: 'warn', call: call.id, message }),
    };
    const over = backend.run(call, watch, stop.signal).then((outcome) => {
      this.#running.delete(call.id);
      this.#send({ type: 'outcome', call: call.id, outcome });
    });
    this.#running.set(call.id, { stop, over });
  }

  #backendOf({ agentsDir, ...setup }: HostSetup): ProcessBackend {
    const { env, clock, kill, uid, pid } = this.#program;
    return new ProcessBackend({
      ...setup,
      env,
      clock,
      kill,
      self: { uid, pid },
      hurry: this.#hurry.signal,
      openTranscript: (call) => new TranscriptFile(transcriptFileIn(agentsDir, call.id), call, clock),
    });
  }

  #send(message: FromAgentHost): void {
    this.#said.add(message);
  }
}
