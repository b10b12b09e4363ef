/** Asks an agent program for its version: every start waits for the answer, so whatever the program does, it soon stops waiting. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Clock } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import { ChildOutput } from '../process/child-output.ts';
import { type KillProcess, ProcessGroup } from '../process/process-group.ts';
import { startChild } from '../process/start-child.ts';
import type { AgentProgram } from './agent-program.ts';

export interface VersionDeps {
  readonly cwd: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly kill: KillProcess;
  /** Once aborted, the version is no longer waited for. */
  readonly signal?: AbortSignal;
}

/** The real one takes 14 ms. */
const LIMIT_MS = 5_000;
/** What an exited program wrote is in the pipe already; somebody else may hold that open. */
const DRAIN_MS = 200;
/** A program that prints without end is no agent program: once its pipe is closed it fails by itself, or its time is up. */
const MAX_CHARACTERS = 10_000;
const VERSION = /\d+\.\d+\.\d+\S*/;

/** Starts the program once more; `undefined` when it names no version, or not in time. */
export async function agentVersion(
  { path, prefixArgs, version }: AgentProgram,
  deps: VersionDeps,
): Promise<string | undefined> {
  if (version !== undefined || deps.signal?.aborted) return version;
  const command = { file: path, args: [...prefixArgs, '--version'], stdin: '' };
  const started = await startChild(command, deps.cwd, deps.env);
  if (started.kind === 'failed') return undefined;
  return VERSION.exec(await answerOf(started.child, started.pid, deps))?.[0];
}

/** What it printed, once it has ended well; otherwise nothing. Of its group nobody is left to run on. */
async function answerOf(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  { clock, kill, signal }: VersionDeps,
): Promise<string> {
  const group = new ProcessGroup(pid, kill);
  const output = new ChildOutput(child, clock);
  let text = '';
  let giveUp = (): void => {};
  const ended = new Promise<number | null>((resolve) => {
    giveUp = () => {
      group.signal('SIGKILL');
      resolve(null);
    };
    // `exit`, not `close`: a grandchild that holds the pipe would put `close` off for as long as it lives.
    child.once('exit', (code) => {
      // Now or never: the number of an empty group may soon be anybody's.
      group.signal('SIGKILL');
      resolve(code);
    });
  });
  const onText = (piece: string): void => {
    text += piece;
    if (text.length > MAX_CHARACTERS) child.stdout.destroy();
  };
  child.stdout.setEncoding('utf8').on('data', onText);
  child.stderr.resume();
  // EPIPE: it ended without a look at its input.
  child.stdin.on('error', () => {}).end();
  const cancelLimit = clock.after(LIMIT_MS, giveUp);
  signal?.addEventListener('abort', giveUp);
  const code = await ended;
  cancelLimit();
  signal?.removeEventListener('abort', giveUp);
  if (code === 0) await output.drained(DRAIN_MS);
  output.abandon();
  return code === 0 && text.length <= MAX_CHARACTERS ? text : '';
}
