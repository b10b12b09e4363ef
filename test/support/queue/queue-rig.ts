/** Clients and workers of one queue in memory, with agents that end when the test says so. */
import { setMaxListeners } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { AgentCall } from '../../../src/core/call.ts';
import { NO_ACCOUNT, type Outcome } from '../../../src/core/outcome.ts';
import type { AgentWatch } from '../../../src/core/ports.ts';
import { GrowingTranscriptFile } from '../../../src/launch/worker/growing-transcript-file.ts';
import { QueueBackend, type QueueBackendOptions } from '../../../src/queue/client/queue-backend.ts';
import { QueueWorker } from '../../../src/queue/host/queue-worker.ts';
import type { JobSettings } from '../../../src/wire/queue/queue-job.ts';
import { FakeBackend } from '../agents/fake-backend.ts';
import { agentCall, reply } from '../calls.ts';
import { ManualClock } from '../manual-clock.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { FakeServer } from './fake-engine.ts';

export const SETTINGS: JobSettings = {
  agent: 'auto',
  rehearse: false,
  permissionMode: 'acceptEdits',
  allowedTools: [],
  timeoutMs: null,
  idleMs: null,
};

/** What a client was told of one call. */
export class Heard implements AgentWatch {
  readonly ticket = undefined;
  readonly budgetUsd = undefined;
  readonly activities: unknown[] = [];
  readonly hosts: string[] = [];
  readonly pressures: unknown[] = [];
  readonly warnings: string[] = [];
  readonly runs = (): void => {};
  readonly placed = (host: string): void => void this.hosts.push(host);
  readonly activity = (...told: unknown[]): void => void this.activities.push(told[0]);
  readonly pressed = (pressure: unknown): void => void this.pressures.push(pressure);
  readonly warn = (text: string): void => void this.warnings.push(text);
}

export class QueueRig {
  readonly server = new FakeServer();
  readonly clock = new ManualClock();
  /** What clients kept of their agents' work, by prompt: of the last that asked. */
  readonly transcripts = new Map<string, string[]>();
  #tokens = 0;

  client(over: Partial<QueueBackendOptions> = {}): QueueBackend {
    return new QueueBackend({
      engine: this.server.connect(),
      title: 'queue',
      runId: 'r',
      settings: SETTINGS,
      trees: undefined,
      adopts: true,
      settledKeys: () => [],
      clock: this.clock,
      newToken: () => {
        this.#tokens += 1;
        return `token ${this.#tokens}`;
      },
      hurry: new AbortController().signal,
      openTranscript: (asked) => {
        const lines: string[] = [];
        this.transcripts.set(asked.prompt, lines);
        return { write: (line) => void lines.push(Buffer.from(line).toString()), close: async () => {} };
      },
      ...over,
    });
  }

  /** A client that asked for it, and was killed before it heard anything. */
  async deadClient(asked: AgentCall): Promise<void> {
    let isDead = false;
    const alive = this.server.connect();
    const look: typeof alive.look = (id) => (isDead ? new Promise(() => {}) : alive.look(id));
    const clock = { now: () => this.clock.now(), monotonicMs: () => 0, after: () => () => {} };
    const client = this.client({ engine: { ...alive, look, onNews: () => () => {} }, clock });
    void client.run(asked, new Heard(), never);
    await this.settle();
    isDead = true;
  }

  /** A host, and the agents that it was asked for. */
  worker(host: string, slots = 1) {
    const agents = new FakeBackend();
    const ended: string[] = [];
    const transcripts = temporaryFolder();
    const fileOf = (call: number): string => path.join(transcripts, `${call}.ndjson`);
    const worker = new QueueWorker(
      {
        engine: this.server.connect(),
        clock: this.clock,
        host,
        run: async (job, _returns, report, signal) => {
          const watch = {
            ticket: undefined,
            runs: () => {},
            activity: (...told: Parameters<typeof report.activity>) => report.activity(...told),
            pressed: (...told: Parameters<typeof report.pressed>) => report.pressed(...told),
            warn: (text: string) => report.warn(text),
          };
          const { id } = job.call;
          report.follow(new GrowingTranscriptFile(fileOf(id), { state: host, runId: 'worker', call: id }));
          return { outcome: await agents.run(job.call, watch as AgentWatch, signal) };
        },
        ended: (job, end) => void ended.push(`${job.call.prompt}: ${end}`),
      },
      slots,
    );
    /** As the agent host does: the prompt first. */
    const writes = (id: number, ...lines: readonly string[]): void => {
      const begin = existsSync(fileOf(id)) ? [] : ['{"type":"andwait/call"}'];
      appendFileSync(fileOf(id), [...begin, ...lines].map((line) => `${line}\n`).join(''));
    };
    return { worker, agents, ended, writes };
  }

  /** Everything that is under way takes its course, up to the next timer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

export const never = new AbortController().signal;
// Calls whose client is killed never let go of it.
setMaxListeners(0, never);

export function call(prompt: string) {
  return agentCall({ prompt });
}

export function said(text: string): Outcome {
  return JSON.parse(JSON.stringify(reply(text, NO_ACCOUNT))) as Outcome;
}
