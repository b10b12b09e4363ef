/** Where a turn stands: what is counted, and what it was told already. Each turn begins with a new one. */
import type { DeniedTool } from '../../wire/events/event-writer.ts';
import type { ModelReply } from '../api/model.ts';
import { SecondChances } from './second-chances.ts';

/** As often as the API may pause one turn: more is no search any more. */
const MAX_PAUSES = 20;

export class Turn {
  readonly startedMs: number;
  readonly chances = new SecondChances();
  readonly denials: DeniedTool[] = [];
  /** As the real program counts: one, and one more for every user message that follows. */
  numTurns = 1;
  replies = 0;
  wasReminded = false;
  isInTools = false;
  /** Of an answer that was cut off: its end is still to come. */
  begunText = '';
  #pauses = 0;

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }

  /** The API paused a long turn of its own tools: it goes on when it is handed back as it is. */
  isPausedBy({ stopReason, blocks }: ModelReply): boolean {
    return stopReason === 'pause_turn' && blocks.length > 0 && ++this.#pauses <= MAX_PAUSES;
  }
}
