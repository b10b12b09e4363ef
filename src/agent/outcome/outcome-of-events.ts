/** The outcome of an agent that answered without a process of its own: the same fold, with an end that went well. */
import type { Outcome } from '../../core/outcome.ts';
import type { AgentEvent } from '../../wire/events/event.ts';
import { outcomeOf } from './outcome-of.ts';
import { StreamFold } from './stream-fold.ts';

export function outcomeOfEvents(events: readonly AgentEvent[], wantsStructured: boolean): Outcome {
  const fold = new StreamFold();
  for (const event of events) fold.add({ kind: 'event', event });
  return outcomeOf({
    ...fold.facts(),
    stderrTail: '',
    end: { kind: 'exited', code: 0 },
    endedBy: undefined,
    wantsStructured,
  });
}
