/** Starts the program we stand for, in a group of its own, and waits for its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { type AgentGroup, agentGroup } from './agent-group.ts';
import { commandOf } from './child-command.ts';
import { tell } from './descriptor-output.ts';
import { forwardSignals } from './forward-signals.ts';
import type { FrontWords } from './front-words.ts';
import { OutputRelay } from './relay-output.ts';
import type { CallEnd, ShimProgram } from './shim-program.ts';
import { isOneFile, stdioTable } from './stdio-table.ts';
import { openStdoutPipe } from './stdout-pipe.ts';

export interface ProgramWish {
  readonly front: FrontWords;
  /** What is added to the caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lease: Socket | undefined;
  readonly stdin: StdinSource;
  /** Sees every byte of stdout; `undefined`: the program writes to our stdout itself. */
  readonly see: ((chunk: Buffer) => void) | undefined;
  readonly started: (pid: number) => void;
  /** Aborted when it is to be ended. */
  readonly stop: AbortSignal | undefined;
}

export type StdinSource =
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  /** Called once with the write end of the program's stdin. */
  | { readonly kind: 'fed'; readonly feed: (stdin: NonNullable<ChildProcess['stdin']>) => void };

export interface ProgramEnd {
  readonly end: CallEnd;
  readonly isInterrupted: boolean;
  /** It could not be started at all. */
  readonly failedStart: string | undefined;
}

const KILL_MS = 5_000;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** Never rejects. */
export async function runProgram(wish: ProgramWish, program: ShimProgram): Promise<ProgramEnd> {
  const { front, lease, stdin, see, stop } = wish;
  const { clock } = program;
  const signals = forwardSignals(program, front.ignored);
  const isPiped = see !== undefined && !front.closed.has(1);
  const command = commandOf({
    program: programOf(front, program),
    argv: program.argv,
    ignored: front.ignored,
    closed: front.closed,
    mergeStderr: isPiped && !front.closed.has(2) && isOneFile(1, 2),
  });
  const pipe = isPiped ? openStdoutPipe(front.pipe) : undefined;
  const stdio = stdioTable({
    stdin: stdin.kind === 'descriptor' ? stdin.descriptor : 'pipe',
    stdout: isPiped ? (pipe?.writeEnd ?? 'pipe') : 1,
    open: front.open,
    lease,
  });
  const env = { ...front.env, ...wish.env };
  const child = started(() => spawn(command.file, command.args, { stdio, env, detached: true }));
  // The program's copies alone are to hold the slot, and to keep its stdout open.
  lease?.destroy();
  if (pipe) closeSync(pipe.writeEnd);
  const failed = (error: NodeJS.ErrnoException): ProgramEnd => {
    const code = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? NOT_FOUND : NOT_EXECUTABLE;
    tell(`${command.file} could not be started: ${error.message}`);
    return { end: { kind: 'exited', code }, isInterrupted: false, failedStart: error.message };
  };
  if (child instanceof Error) return failed(child);
  const ended = endOf(child);
  const { pid } = child;
  if (pid !== undefined) {
    const group = agentGroup(pid, program);
    signals.to(group);
    wish.started(pid);
    endOnStop(stop, group, clock);
    if (stdin.kind === 'fed' && child.stdin) stdin.feed(child.stdin);
  }
  const output = pipe?.output ?? child.stdout;
  const relay = see !== undefined && output ? new OutputRelay(output, clock, see) : undefined;
  const end = await ended;
  if (end instanceof Error) return failed(end);
  await relay?.drained();
  return { end, isInterrupted: signals.has('SIGINT'), failedStart: undefined };
}

function programOf(
  { realProgram }: FrontWords,
  { nodePath, distDir }: ShimProgram,
): { readonly file: string; readonly args: readonly string[] } {
  if (realProgram !== undefined) return { file: realProgram, args: [] };
  return { file: nodePath, args: [path.join(distDir, 'andwait-print.js')] };
}

/** Node throws for some failures and tells others by an event. */
function started(start: () => ChildProcess): ChildProcess | Error {
  try {
    return start();
  } catch (error) {
    return error as Error;
  }
}

function endOf(child: ChildProcess): Promise<CallEnd | Error> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 1 } : { kind: 'signalled', signal });
    });
  });
}

function endOnStop(stop: AbortSignal | undefined, group: AgentGroup, clock: ShimProgram['clock']): void {
  const end = (): void => {
    group.signal('SIGTERM');
    // The program's end is ours, and takes this timer with it.
    clock.after(KILL_MS, () => group.signal('SIGKILL'));
  };
  if (stop?.aborted) end();
  else stop?.addEventListener('abort', end, { once: true });
}
