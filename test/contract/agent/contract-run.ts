/** One whole `andwait run` of an agent program against a model API of its own, in folders that hold nothing of the user's. */
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { RunEvent } from '../../../src/core/progress.ts';
import type { RunResult } from '../../../src/core/run.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { RunFolder } from '../../../src/journal/run-folder.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { FakeMessagesApi, type FakeRequest } from '../../support/api/fake-messages-api.ts';
import { type Ended, type Started, startAndwait } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { AgentUnderContract } from './programs.ts';
import { ONLY_THE_MODEL } from './real-program.ts';

export interface ContractEnd extends Ended {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  readonly logs: readonly string[];
  readonly folder: RunFolder;
  readonly records: readonly JournalRecord[];
}

export interface ContractStart extends Omit<Started, 'ended'> {
  readonly ended: Promise<ContractEnd>;
}

export class ContractRun {
  readonly api: FakeMessagesApi;
  /** Where the agents work: empty, and no repository. */
  readonly cwd: string;
  readonly #agent: AgentUnderContract;
  readonly #dir: string;
  readonly #state: string;

  private constructor(agent: AgentUnderContract, api: FakeMessagesApi, dir: string, state: string) {
    this.#agent = agent;
    this.#dir = dir;
    this.#state = state;
    this.api = api;
    this.cwd = path.join(dir, 'work');
  }

  /** `shared`: cases meet in one pool, as runs do, and in nothing else. `own`: what the API says slows nobody else down. */
  static async open(agent: AgentUnderContract, pool: 'shared' | 'own' = 'shared'): Promise<ContractRun> {
    const dir = realpathSync(temporaryFolder());
    for (const name of ['work', 'home', 'bin']) mkdirSync(path.join(dir, name));
    // Whatever its file is called, a shell finds it as `claude`.
    if (agent.path !== undefined) symlinkSync(path.resolve(agent.path), path.join(dir, 'bin/claude'));
    const api = await FakeMessagesApi.start();
    onTestFinished(async () => await api[Symbol.asyncDispose]());
    const state = path.join(pool === 'own' ? dir : inject('sharedState'), 'contract');
    return new ContractRun(agent, api, dir, state);
  }

  /** Runs a script of this body to its end. */
  async run(body: string, options: readonly string[] = [], args: Json = null): Promise<ContractEnd> {
    return await this.start(body, options, args).ended;
  }

  start(body: string, options: readonly string[] = [], args: Json = null): ContractStart {
    const script = path.join(this.#dir, 'script.js');
    writeFileSync(script, `export const meta = { name: 'contract', description: 'one case' }\n${body}\n`);
    const started = startAndwait({
      argv: [
        'run',
        script,
        '--agent',
        this.#agent.kind,
        '--output',
        'ndjson',
        ...argsOption(args),
        ...options,
      ],
      cwd: this.cwd,
      homeDir: this.#home,
      env: {
        PATH: [path.join(this.#dir, 'bin'), path.dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
        ANDWAIT_HOME: this.#state,
        // No broker outlives its tests by long.
        ANDWAIT_POOL_IDLE_SECONDS: '5',
        ...ONLY_THE_MODEL,
        ...this.api.env(this.#home),
      },
    });
    return { ...started, ended: started.ended.then((ended) => this.#endOf(ended)) };
  }

  get #home(): string {
    return path.join(this.#dir, 'home');
  }

  #endOf(ended: Ended): ContractEnd {
    const events = ended.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent);
    const result = events.at(-1);
    if (result?.type !== 'result' || result.runId === null) throw new Error(`no run: ${ended.stderr}`);
    const folder = new RunFolder(this.#state, result.runId);
    const logs = events.flatMap((event) => (event.type === 'log' ? [event.text] : []));
    return { ...ended, result, events, logs, folder, records: readJournal(folder.journalFile).records };
  }
}

function argsOption(args: Json): string[] {
  return args === null ? [] : ['--args', JSON.stringify(args)];
}

/** All that the model is told before the conversation. */
export function systemTextOf({ body }: FakeRequest): string {
  const { system } = body;
  if (typeof system === 'string') return system;
  const blocks = Array.isArray(system) ? (system as readonly JsonObject[]) : [];
  return blocks.map(({ text }) => text).join('\n');
}

/** What the agent told of itself when it began. */
export function initEventOf({ folder }: ContractEnd, call: number): JsonObject {
  const lines = readFileSync(folder.transcriptFile(call), 'utf8').split('\n').filter(Boolean);
  const events = lines.map((line) => JSON.parse(line) as JsonObject);
  const init = events.find(({ type, subtype }) => type === 'system' && subtype === 'init');
  if (init === undefined) throw new Error(`the transcript of call ${call} has no init event`);
  return init;
}
