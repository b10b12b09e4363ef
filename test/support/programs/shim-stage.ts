/** A folder with a scripted `claude` on PATH, and shell lines that call it, with our shim before it or without. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JournalRecord, OutcomeRecord } from '../../../src/wire/records/record.ts';
import { DIST } from './run-in-process.ts';

export const SHIMS = path.join(DIST, '../shims');
const SCRIPTED = path.join(import.meta.dirname, '../../fixtures/agents/scripted-claude');
/** Where the Node under test is: the shim looks for it on PATH. */
const NODE_FOLDER = path.dirname(process.execPath);

export interface ShellEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellRun {
  readonly child: ChildProcess;
  readonly ended: Promise<ShellEnd>;
}

export interface ShellOptions {
  readonly shim?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to stdin, which then ends: a socket, as Node makes them. */
  readonly stdin?: string;
}

export class ShimStage {
  readonly dir: string;
  readonly bin: string;
  readonly state: string;

  constructor(suite: string) {
    this.dir = mkdtempSync(path.join(suite, 'stage-'));
    this.bin = path.join(this.dir, 'bin');
    this.state = path.join(this.dir, 'state');
    mkdirSync(this.bin);
    cpSync(SCRIPTED, path.join(this.bin, 'claude'));
  }

  env(shim: boolean): Record<string, string> {
    const folders = [...(shim ? [SHIMS] : []), this.bin, NODE_FOLDER, '/usr/bin', '/bin'];
    return {
      PATH: folders.join(':'),
      HOME: this.dir,
      ANDWAIT_HOME: this.state,
      ANDWAIT_POOL_IDLE_SECONDS: '2',
    };
  }

  /** In a folder of its own, so that what one run leaves another does not find. */
  start(script: string, { shim = true, env = {}, stdin }: ShellOptions = {}): ShellRun {
    const cwd = mkdtempSync(path.join(this.dir, 'cwd-'));
    const child = spawn('/bin/bash', ['-c', script], {
      cwd,
      env: { ...this.env(shim), ...env },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
    return { child, ended: endOf(child) };
  }

  async run(script: string, options?: ShellOptions): Promise<ShellEnd> {
    return await this.start(script, options).ended;
  }

  runs(): string[] {
    return readdirSync(path.join(this.state, 'runs'));
  }

  /** In the order they were written. */
  records(runId: string): JournalRecord[] {
    const file = path.join(this.state, 'runs', runId, 'journal.ndjson');
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as JournalRecord);
  }

  outcomes(runId: string): OutcomeRecord[] {
    return this.records(runId).filter((record) => record.type === 'outcome');
  }
}

function endOf(child: ChildProcess): Promise<ShellEnd> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('latin1');
      resolve({ code, signal, stdout: text(stdout), stderr: text(stderr) });
    });
  });
}
