/** How the starts of a run's agents are spread: `--delay`. */
import type { AgentBackend, Clock, SlotSource } from '../../core/ports.ts';
import type { RunOptions } from '../../core/run.ts';
import { CacheLead } from './cache-lead.ts';
import { PacedSlots } from './paced-slots.ts';

export interface Starts {
  readonly pool: SlotSource;
  readonly backend: AgentBackend;
}

export function spreadStarts({ pool, backend }: Starts, delay: RunOptions['delay'], clock: Clock): Starts {
  if (delay === undefined || delay === 0) return { pool, backend };
  if (delay !== 'auto') return { pool: new PacedSlots(pool, clock, delay), backend };
  const lead = new CacheLead(clock);
  return { pool: lead.pool(pool), backend: lead.backend(backend) };
}
