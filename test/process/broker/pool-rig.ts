/** A pool of its own in a folder that goes with the test, its clients in this process, its brokers real. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import {
  connectToPool,
  type PoolClient,
  type PoolProgram,
  type PoolRun,
} from '../../../src/broker/client/pool-client.ts';
import { createRunFolder, RunFolder } from '../../../src/journal/run-folder.ts';
import type { JournalRecord } from '../../../src/wire/records/record.ts';
import { poolProgram } from '../../support/pool/pool-program.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export class PoolRig {
  readonly home: string;
  readonly #clients: PoolClient[] = [];

  constructor(home: string = temporaryFolder()) {
    this.home = home;
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
    onTestFinished(async () => {
      await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
      for (const pid of this.brokers()) killed(pid);
    });
  }

  get program(): PoolProgram {
    return poolProgram({ PATH: '/usr/bin:/bin', ANDWAIT_HOME: this.home, HOME: this.home });
  }

  async connect(): Promise<PoolClient> {
    const client = await connectToPool(this.program);
    this.#clients.push(client);
    return client;
  }

  async openRun(client: PoolClient, runId: string, concurrency = 100): Promise<PoolRun> {
    const { dir } = await createRunFolder(
      this.home,
      this.program.uid,
      { ...DESCRIPTION, runId },
      '// no script\n',
    );
    const caps = { concurrency, agents: 1000, outputTokens: null };
    const run = await client.openRun({
      runId,
      dir,
      caps,
      reuse: 'content',
      rehearsal: false,
      joinable: false,
      waitForQuota: false,
    });
    const { attempt } = run;
    const told = { agent: 'test', rehearsal: false, script: 'script-1.js', args: undefined } as const;
    await run.commit({
      type: 'attempt',
      attempt,
      ...told,
      options: DESCRIPTION.options,
      pid: process.pid,
      at: 1,
    });
    return run;
  }

  records(runId: string): JournalRecord[] {
    const lines = readFileSync(new RunFolder(this.home, runId).journalFile, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as JournalRecord);
  }

  /** Processes that serve this very pool. */
  brokers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const isBroker = procFile(pid, 'cmdline').split('\0')[1] === path.join(DIST, 'pool-broker.js');
        return isBroker && environmentOf(pid).includes(`ANDWAIT_HOME=${this.home}`);
      });
  }
}

export function environmentOf(pid: number): string[] {
  return procFile(pid, 'environ').split('\0');
}

/** Empty when the process is gone. */
function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

export function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
