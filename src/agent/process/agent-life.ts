/** The life of one agent's process, from spawn to the last of its group: what happened comes back as facts. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { neverStarted } from '../../core/outcome.ts';
import type { AgentWatch, Clock, TranscriptSink } from '../../core/ports.ts';
import type { Environment } from '../../core/program.ts';
import { ANDWAIT_LEASE } from '../../wire/environment/run-environment.ts';
import { StreamItemReader } from '../../wire/events/stream-item.ts';
import { endProcessesWhose } from '../../wire/processes/end-processes.ts';
import type { ProcessSearch } from '../../wire/processes/marked-processes.ts';
import { activityOf } from '../outcome/activity-of.ts';
import type { AgentFacts, EndedBy, ProcessEnd } from '../outcome/agent-facts.ts';
import { pressureInEvent } from '../outcome/pressure-in-event.ts';
import { SoFar } from '../outcome/so-far.ts';
import { StreamFold } from '../outcome/stream-fold.ts';
import type { AgentLimits } from '../program/agent-settings.ts';
import type { CommandLine } from '../program/command-line.ts';
import { ChildOutput } from './child-output.ts';
import { Ending } from './ending.ts';
import { type KillProcess, ProcessGroup } from './process-group.ts';
import { isTooLarge, spawnFailureMessage } from './spawn-failure.ts';
import { startLeased } from './start-leased.ts';
import { StderrTail } from './stderr-tail.ts';
import { endSurvivors } from './survivors.ts';

export interface ProcessDeps {
  readonly cwd: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly kill: KillProcess;
  readonly limits: AgentLimits;
  readonly transcript: TranscriptSink;
  /** Once aborted, nothing is waited for any more: SIGKILL to the group. */
  readonly hurry: AbortSignal | undefined;
  /** Who looks for processes: never found itself. */
  readonly self: ProcessSearch;
}

export type ProcessFacts = Omit<AgentFacts, 'wantsStructured'>;

/** Contract: never rejects, and resolves only when nothing in the agent's group is known to run. */
export async function runAgentProcess(
  commandLine: CommandLine,
  deps: ProcessDeps,
  watch: AgentWatch,
  signal: AbortSignal,
): Promise<ProcessFacts> {
  if (signal.aborted) return notStarted(neverStarted().message, { kind: 'stopped' });
  const started = await startLeased(commandLine, deps, watch.ticket);
  if (started.kind === 'failed') {
    const message = spawnFailureMessage(started.error, commandLine, deps);
    return notStarted(message, undefined, isTooLarge(started.error, commandLine));
  }
  return await attend(started.child, started.pid, { ...deps, stdin: commandLine.stdin, watch, signal });
}

interface Attendance extends ProcessDeps {
  readonly stdin: string;
  readonly watch: AgentWatch;
  readonly signal: AbortSignal;
}

async function attend(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  { stdin, watch, signal, hurry, clock, kill, limits, transcript, self }: Attendance,
): Promise<ProcessFacts> {
  const group = new ProcessGroup(pid, kill);
  const ending = new Ending({ group, clock, limits, signal });
  const output = new ChildOutput(child, clock);
  const stderr = new StderrTail();
  const exit = exitOf(child, group, ending);
  const stream = readStream(child, { watch, transcript, clock }, ending, limits);
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  feed(child, stdin);
  watch.runs(pid);
  const killGroup = () => group.signal('SIGKILL');
  hurry?.addEventListener('abort', killGroup);
  const { end, leftSurvivors } = await exit;
  // An empty group's number may soon be anybody's.
  if (!leftSurvivors) hurry?.removeEventListener('abort', killGroup);
  // Who ended by itself may have left its last words in the pipe; who was ended by us leaves nothing worth waiting for.
  if (ending.reason === undefined) await output.drained(limits.drainMs);
  if (leftSurvivors) {
    await endSurvivors(group, clock, limits.killMs);
    hurry?.removeEventListener('abort', killGroup);
  }
  // What it put into groups of its own, as agents do with the commands of their tools, it would have ended itself.
  const lease = ending.reason === undefined ? undefined : watch.ticket?.leaseId;
  if (lease !== undefined) {
    await endProcessesWhose((env) => env.get(ANDWAIT_LEASE) === lease, { ...self, kill, clock }, hurry);
  }
  if (!(await output.drained(limits.drainMs))) output.abandon();
  stream.reader.end();
  return { ...stream.fold.facts(), stderrTail: stderr.text(), end, endedBy: ending.reason };
}

function readStream(
  child: ChildProcessWithoutNullStreams,
  { watch, transcript, clock }: Pick<Attendance, 'watch' | 'transcript' | 'clock'>,
  ending: Ending,
  { graceMs, moreWorkMs, maxLineBytes }: AgentLimits,
) {
  const fold = new StreamFold();
  const soFar = new SoFar();
  const reader = new StreamItemReader((item, line) => {
    fold.add(item);
    ending.heard(item);
    if (line !== undefined) transcript.write(line);
    if (item.kind === 'event') {
      soFar.add(item.event);
      const activity = activityOf(item.event);
      if (activity !== undefined) watch.activity(activity, soFar.value);
      const pressure = pressureInEvent(item.event, clock.now());
      if (pressure !== undefined) watch.pressed(pressure);
    }
    const { stage } = fold;
    if (stage !== 'before-result') {
      ending.grace(stage === 'after-result' ? graceMs : moreWorkMs, stage === 'after-result');
    }
  }, maxLineBytes);
  child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  child.stdout.on('end', () => {
    reader.end();
    // Nothing more can come, so there is nothing more to wait for.
    if (fold.stage !== 'after-result') ending.grace(graceMs, fold.stage === 'between-results');
  });
  return { fold, reader };
}

/** The prompt, and the end of it: an agent that waits for more input would wait for ever. */
function feed(child: ChildProcessWithoutNullStreams, stdin: string): void {
  // EPIPE: it ended, or closed its input, without reading the prompt. Its exit and its output tell the rest.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
}

/** `exit`, not `close`: a grandchild that holds a pipe would put `close` off for as long as it lives. */
function exitOf(
  child: ChildProcessWithoutNullStreams,
  group: ProcessGroup,
  ending: Ending,
): Promise<{ readonly end: ProcessEnd; readonly leftSurvivors: boolean }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      ending.over();
      const end: ProcessEnd =
        signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal };
      // Asked now or never: an empty group's number may be anybody's in a moment, and a group that is not empty keeps it.
      resolve({ end, leftSurvivors: group.exists() });
    });
  });
}

function notStarted(message: string, endedBy: EndedBy | undefined, isTooLarge = false): ProcessFacts {
  const end: ProcessEnd = { kind: 'not-started', message, isTooLarge };
  return { ...new StreamFold().facts(), stderrTail: '', end, endedBy };
}
