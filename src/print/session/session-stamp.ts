/** What every event of a session bears: whose it is, a name of its own, and when it was written. */
import type { Program } from '../../core/program.ts';
import type { EventStamp } from '../../wire/events/event-writer.ts';
import { uuidFrom } from '../uuid.ts';

export function stampOf({ clock, random }: Program, sessionId: string): EventStamp {
  return {
    sessionId,
    uuid: () => uuidFrom(random),
    timestamp: () => new Date(clock.now()).toISOString(),
  };
}
