/** One open call of a run in the broker: whose it is, how it wants its slot, and how far it is. */
import type { AgentCall } from '../../core/call.ts';
import type { PoolCallStatus } from '../../wire/pool/pool-status.ts';
import type { StopReason } from '../../wire/pool/run-order.ts';
import type { Client } from '../client-port.ts';
import type { SlotWish, WaitingSlot } from '../slots/waiting-slot.ts';

/** How a call wants its slot; the same each time that it waits. */
export type CallWish = Pick<SlotWish, 'priority' | 'parent' | 'overCapAfterMs'> & {
  readonly repeatable: boolean;
};

export interface RunCall {
  readonly call: AgentCall;
  readonly client: Client;
  readonly wish: CallWish;
  state: 'waiting' | 'held' | 'ending';
  since: number;
  leaseId: string | undefined;
  /** `undefined` while it waits: its run is held. */
  waiting: WaitingSlot | undefined;
  /** Why its client was told to end it. */
  stop: StopReason | undefined;
}

/** `pid`: of its agent, once that is known; of one that runs `elsewhere` it never is. */
export function statusOf(
  { call, state, since }: RunCall,
  pid: number | undefined,
  elsewhere: boolean,
): PoolCallStatus {
  const held = pid === undefined && !elsewhere ? ('starting' as const) : ('running' as const);
  const { id, label, phase, workflow, model } = call;
  const place = { phase, workflow, model };
  return { call: id, label, ...place, state: state === 'held' ? held : state, pid, since };
}
