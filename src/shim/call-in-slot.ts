/** One headless call that has its slot: the program runs, is watched and perhaps ended, and what it came to is settled. */
import { isatty } from 'node:tty';
import { pressureInEvent } from '../agent/outcome/pressure-in-event.ts';
import { callEnvironment } from '../agent/program/agent-environment.ts';
import { type PoolRun, StoppedElsewhere } from '../broker/client/pool-client.ts';
import type { AgentCall } from '../core/call.ts';
import { CallCapped, CallSkipped, type Lease, type LeaseTicket } from '../core/ports.ts';
import { ANDWAIT_LEASE } from '../wire/environment/run-environment.ts';
import { attachLease } from '../wire/pool/lease-socket.ts';
import { CallLimits, type LimitReached } from './call-limits.ts';
import type { CallShape } from './call-shape.ts';
import type { FrontWords } from './front-words.ts';
import { legacyOutcome } from './legacy-outcome.ts';
import { OutputReading } from './output-reading.ts';
import { runProgram, type StdinSource } from './run-program.ts';
import type { CallEnd, ShimProgram } from './shim-program.ts';
import type { StdinContent } from './stdin-content.ts';
import { recordFile, StdoutRecord } from './stdout-record.ts';

export interface SlotContext {
  readonly shape: CallShape;
  readonly run: PoolRun;
  readonly stdin: StdinContent | undefined;
  readonly front: FrontWords;
  readonly program: ShimProgram;
}

/** From here on the program runs, and nothing may throw: it must not be started again. */
export async function inSlot(call: AgentCall, lease: Lease, context: SlotContext): Promise<CallEnd> {
  const { shape, run, stdin, front, program } = context;
  const ticket = ticketOf(lease);
  const isTerminal = isatty(1);
  const record = isTerminal ? undefined : new StdoutRecord(recordFile(run.dir, call.id), program.uid);
  const stop = new AbortController();
  const reached = (why: LimitReached): void => stop.abort(why);
  const { env, clock } = program;
  const limits = new CallLimits({ env, clock, isSeen: !isTerminal, reached });
  const reading = new OutputReading(shape.format, (item) => {
    limits.heard(item);
    const pressure = item.kind === 'event' ? pressureInEvent(item.event, clock.now()) : undefined;
    if (pressure !== undefined) lease.pressed(pressure);
  });
  const see = (chunk: Buffer): void => {
    record?.write(chunk);
    reading.push(chunk);
    if (shape.format !== 'stream-json') limits.heardBytes();
  };
  endOnStop(lease, stop);
  const ended = await runProgram(
    {
      front,
      env: callEnvironment({}, call, run.runId, ticket),
      lease: ticket && (await attachLease(ticket).catch(() => undefined)),
      stdin: await sourceOf(stdin, run.dir, call),
      see: isTerminal ? undefined : see,
      started: (pid) => {
        lease.runs(pid);
        // A session is silent for as long as its user has nothing to say.
        if (!shape.isSession) limits.started();
      },
      stop: stop.signal,
    },
    program,
  );
  limits.over();
  if (stop.signal.aborted && ticket !== undefined) await endRest(ticket, program);
  try {
    reading.end();
    const stdoutBytes = record?.close() ?? null;
    const told = {
      stream: reading.facts(),
      text: reading.text(),
      stdoutBytes,
      stoppedBy: stop.signal.reason,
      now: clock.now(),
    };
    await lease.settle(legacyOutcome({ ...told, ...ended }));
  } catch {
    // The caller has its answer, whatever becomes of the record.
  }
  return ended.end;
}

async function sourceOf(
  content: StdinContent | undefined,
  runDir: string,
  { id }: AgentCall,
): Promise<StdinSource> {
  if (content === undefined) return { kind: 'descriptor', descriptor: 0 };
  const { stdinSource } = await import('./stdin-source.ts');
  return stdinSource(content, runDir, `call-${id}`);
}

/** What it put into groups of its own, as agents do with the commands of their tools, it would have ended itself. */
async function endRest({ leaseId }: LeaseTicket, program: ShimProgram): Promise<void> {
  const { endProcessesWhose } = await import('../wire/processes/end-processes.ts');
  await endProcessesWhose((env) => env.get(ANDWAIT_LEASE) === leaseId, program, undefined);
}

/** `undefined` while no broker lives that could be told: the agent's process alone then says that the slot is taken. */
function ticketOf(lease: Lease): LeaseTicket | undefined {
  try {
    return lease.ticket;
  } catch {
    return undefined;
  }
}

/** Somebody stopped the run, a cap the call, or a person had it skipped. That the pool was lost is no reason to end a call that is paid for. */
function endOnStop({ stop }: Lease, ending: AbortController): void {
  const look = (): void => {
    const reason: unknown = stop?.reason;
    const orders = [StoppedElsewhere, CallCapped, CallSkipped];
    if (orders.some((order) => reason instanceof order)) ending.abort(reason);
  };
  if (stop?.aborted) look();
  else stop?.addEventListener('abort', look, { once: true });
}
