/** A connected client with one open run, and the broker's end of it. */
import { connectToPool, type PoolClient, type PoolRun } from '../../../../src/broker/client/pool-client.ts';
import type { Admission } from '../../../../src/core/ports.ts';
import { request } from '../../../support/calls.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeBroker, type Peer, poolHome, programIn } from './fake-broker.ts';

export const OPEN_WISH = {
  runId: 'r1',
  dir: '/runs/r1',
  caps: { concurrency: 2, agents: 10, outputTokens: null },
  reuse: 'content',
  rehearsal: false,
  joinable: false,
  waitForQuota: false,
} as const;

export interface Rig {
  readonly home: string;
  readonly clock: ManualClock;
  readonly broker: FakeBroker;
  readonly peer: Peer;
  readonly client: PoolClient;
}

export async function connected(): Promise<Rig> {
  const home = poolHome();
  const clock = new ManualClock();
  const broker = await FakeBroker.start(home);
  const connecting = connectToPool(programIn(home, clock));
  const peer = await broker.peer();
  await peer.welcome();
  return { home, clock, broker, peer, client: await connecting };
}

export async function withRun(): Promise<Rig & { readonly run: PoolRun }> {
  const rig = await connected();
  const opening = rig.client.openRun(OPEN_WISH);
  const { seq } = await rig.peer.next('open_run');
  rig.peer.send(opened(seq));
  return { ...rig, run: await opening };
}

export function opened(seq: number) {
  const facts = { attempts: [], lastScript: undefined, spentTokens: 0, notice: undefined };
  return { type: 'run_opened', seq, attempt: 2, ...facts } as const;
}

export type Queued = Extract<Admission, { kind: 'queued' }>;

/** Asks for a call and has it queued under number `call`. */
export async function queued(run: PoolRun, peer: Peer, call: number): Promise<Queued> {
  const asking = run.request(request({ prompt: `p${call}` }));
  const { seq } = await peer.next('request');
  peer.send({ type: 'admitted', seq, kind: 'queued', ...named(call) });
  return asQueued(await asking);
}

export function named(call: number) {
  return { call, key: `v1:hash of p${call}:1`, occurrence: 1 };
}

export function asQueued(admission: Admission): Queued {
  if (admission.kind !== 'queued') throw new Error(`not queued but ${admission.kind}`);
  return admission;
}

/** A call that holds a slot. */
export async function held(run: PoolRun, peer: Peer, call: number) {
  const admission = await queued(run, peer, call);
  peer.send({ type: 'granted', runId: run.runId, call, leaseId: `lease-${call}` });
  const placement = await admission.place(new AbortController().signal);
  if (placement.kind !== 'leased') throw new Error('it was refused');
  return placement.lease;
}
