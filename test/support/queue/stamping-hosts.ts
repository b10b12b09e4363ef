/** One run over several hosts, as built programs: each host with a state folder of its own, and agents that stamp. */
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { openBullmq } from '../../../src/queue/bullmq/bullmq-engine.ts';
import { loadBullmq } from '../../../src/queue/bullmq/bullmq-module.ts';
import { jobIdOf } from '../../../src/queue/client/queue-backend.ts';
import { queueUrlOf } from '../../../src/queue/queue-url.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import {
  ANDWAIT,
  type Environment,
  endedWithTest,
  type Running,
  ShellProject,
} from '../programs/shell-project.ts';
import { settledLabels } from '../runs/settled-labels.ts';
import { systemClock } from '../system-clock.ts';
import { AgentStamps, STAMPING_AGENT } from './agent-stamps.ts';
import { bullmqFolder } from './queue-servers.ts';
import { queueEnv, startWorker } from './worker-program.ts';

export interface HostsOptions {
  /** Folder of the suite. */
  readonly suite: string;
  readonly url: string;
  readonly calls: number;
  /** How long an agent works, seconds: that of an even call, and of an odd one. */
  readonly workS: readonly [number, number];
  /** A command that runs the words after it where the client is. */
  readonly into?: readonly string[];
}

export interface HostOptions {
  readonly slots: number;
  /** Agents at once over all hosts. */
  readonly cap: number;
  /** A command that runs the words after it where the host is. */
  readonly into?: readonly string[];
}

/** Calls that a run asks for at once: more than hosts have room for. */
export const AT_ONCE = 48;

const SCRIPT = (
  calls: number,
): string => `export const meta = { name: 'many', description: 'independent calls' }
return await parallel(Array.from({ length: ${calls} }, (_, n) => () => agent('item ' + n, { label: 'item ' + n })))
`;

export class StampingHosts {
  readonly stamps: AgentStamps;
  readonly expected: readonly string[];
  readonly #options: HostsOptions;
  readonly #client: ShellProject;
  readonly #env: Environment;

  constructor(options: HostsOptions) {
    const { suite, url, calls, workS } = options;
    this.#options = options;
    this.#client = new ShellProject(suite, { 'many.js': SCRIPT(calls) });
    this.stamps = new AgentStamps(path.join(this.#client.cwd, 'stamps'));
    this.expected = Array.from({ length: calls }, (_, n) => `answer to item ${n}`);
    this.#env = {
      STAMPS: this.stamps.file,
      WORK_S: `${workS[0]}`,
      ODD_WORK_S: `${workS[1]}`,
      ...queueEnv(url),
    };
    const watched = this.stamps.watch();
    onTestFinished(async () => {
      this.stamps.close();
      await watched;
    });
  }

  /** Of the client's pool. */
  get state(): string {
    return this.#client.state;
  }

  run(): Running {
    const { calls } = this.#options;
    return this.#start(['run', 'many.js', '-q', '--tree', 'none', '-j', `${Math.min(calls, AT_ONCE)}`]);
  }

  resume(): Running {
    return this.#start(['resume', '--last', '-q']);
  }

  host(name: string, options: HostOptions): StampingHost {
    const project = new ShellProject(this.#options.suite);
    project.agent(STAMPING_AGENT);
    return new StampingHost(
      name,
      project,
      { ...this.#env, ON: name, ANDWAIT_SLOTS: `${options.slots}` },
      options,
    );
  }

  /** Labels of the calls that came to a reply, each as often as one is on record. */
  settled(): readonly string[] {
    return settledLabels(this.#records());
  }

  /** Jobs that are still in the queue, of calls on record. */
  async left(): Promise<readonly string[]> {
    const url = queueUrlOf('the queue', this.#options.url);
    const bullmq = loadBullmq(url, [bullmqFolder(process.env) ?? '/']);
    const engine = await openBullmq({ url, bullmq, clock: systemClock, host: 'test' });
    const left: string[] = [];
    for (const record of this.#records()) {
      if (record.type !== 'started') continue;
      const found = await engine.look(jobIdOf(this.#runId, record.key));
      if (found !== undefined) left.push(`${record.label}: ${found.state}`);
    }
    await engine.close();
    return left;
  }

  get #runId(): string {
    return this.#client.runIds()[0] ?? '';
  }

  #records(): readonly JournalRecord[] {
    return readJournal(path.join(this.#client.state, 'runs', this.#runId, 'journal.ndjson')).records;
  }

  #start(argv: readonly string[]): Running {
    const [file = '', ...args] = [...(this.#options.into ?? []), process.execPath, ANDWAIT, ...argv];
    return endedWithTest(this.#client.startProgram(file, args, { env: this.#env }));
  }
}

/** Its worker may be killed, and another one be started on the same host. */
export class StampingHost {
  readonly name: string;
  readonly #project: ShellProject;
  readonly #env: Environment;
  readonly #options: HostOptions;
  #worker: Running | undefined;

  constructor(name: string, project: ShellProject, env: Environment, options: HostOptions) {
    this.name = name;
    this.#project = project;
    this.#env = env;
    this.#options = options;
  }

  get worker(): Running {
    if (this.#worker === undefined) throw new Error(`nobody works on ${this.name}`);
    return this.#worker;
  }

  /** Of its pool. */
  get state(): string {
    return this.#project.state;
  }

  /** Resolves when it takes calls. */
  async start(): Promise<void> {
    const { slots, cap, into = [] } = this.#options;
    const flags = ['--cap', `${cap}`];
    this.#worker = await startWorker(this.#project, { env: this.#env, slots, flags, into });
  }

  async kill(): Promise<void> {
    this.worker.child.kill('SIGKILL');
    await this.worker.ended;
  }
}
