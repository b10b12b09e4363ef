/** A folder with a fan-out script and a claude that writes down each time it runs: shows what a resume pays for again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { settledLabels } from '../runs/settled-labels.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { DIST, runAndwait } from './run-in-process.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** Kills the program at a named step: see crash-point.mjs. */
  readonly crash?: string;
  /** Sees every chunk of stdout, and may kill. */
  readonly onStdout?: (chunk: string, child: ChildProcess) => void;
}

export function countingProject(calls: number) {
  const cwd = temporaryFolder();
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  cpSync(
    path.resolve(import.meta.dirname, '../../fixtures/agents/counting-claude'),
    path.join(bin, 'claude'),
  );
  writeFileSync(
    path.join(cwd, 'many.js'),
    `export const meta = { name: 'many', description: 'independent calls' }
return await parallel(Array.from({ length: ${calls} }, (_, n) => () => agent('item ' + n)))
`,
  );
  const runs = path.join(cwd, 'state/runs');
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: cwd,
    ANDWAIT_HOME: path.join(cwd, 'state'),
    ANDWAIT_POOL_IDLE_SECONDS: '5',
  };
  let invocations = 0;
  return {
    cwd,
    env,
    expected: Array.from({ length: calls }, (_, n) => `answer to item ${n}`),
    /** Each invocation has a log of its own: an agent that outlives its killed run must not count for the next one. */
    andwait: async (args: readonly string[], options: StartOptions = {}) => {
      invocations += 1;
      const ranLog = path.join(cwd, `ran-${invocations}.log`);
      writeFileSync(ranLog, '');
      const itsEnv = { ...env, RAN_LOG: ranLog };
      const ended = isOrdinary(options)
        ? { ...(await runAndwait({ argv: args, cwd, env: itsEnv })), signal: null }
        : await start(cwd, itsEnv, args, options);
      return { ...ended, ran: readFileSync(ranLog, 'utf8').split('\n').filter(Boolean) };
    },
    runIds: () => (existsSync(runs) ? readdirSync(runs) : []),
    /** Here a label is its prompt. */
    settledPrompts: (runId: string) => {
      const journal = path.join(runs, runId, 'journal.ndjson');
      return existsSync(journal) ? settledLabels(readJournal(journal).records) : [];
    },
  };
}

/** Nobody kills it: it need not be a process of its own. */
function isOrdinary({ crash, onStdout }: StartOptions): boolean {
  return crash === undefined && onStdout === undefined;
}

async function start(
  cwd: string,
  env: Record<string, string>,
  args: readonly string[],
  { crash, onStdout }: StartOptions,
): Promise<Ended> {
  const hook = path.resolve(import.meta.dirname, 'crash-point.mjs');
  const node = crash === undefined ? [] : ['--import', hook];
  const child = spawn(process.execPath, [...node, path.join(DIST, 'andwait.js'), ...args], {
    cwd,
    env: { ...env, ...(crash === undefined ? {} : { ANDWAIT_TEST_CRASH: crash }) },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
      if (name === 'stdout') onStdout?.(chunk.toString(), child);
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}
