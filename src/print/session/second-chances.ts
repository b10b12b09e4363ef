/**
 * What is said to a model whose reply is no answer: it was cut at its length, stopped by safeguards, or is empty. How often
 * each is tried is measured; what does not help ends the turn.
 */
import type { ContentBlock } from '../../wire/events/event.ts';
import type { ModelReply } from '../api/model.ts';
import { isCut } from './session-end.ts';

export interface SecondChance {
  /** For the model. */
  readonly text: string;
  /** For whoever watches. */
  readonly notice?: string;
}

const MAX_CUTS = 3;

const GO_ON =
  'Your reply was cut off at the longest that a reply may be. Go on exactly where it stops, without a word about the cut and without repeating anything. Do what is left in smaller pieces.';
const REFUSED =
  'Your reply was stopped by a safeguard of the model, not by a tool. Tool calls in it did not run. Do not try to say the same thing again in other words: go on without it, or say that you cannot.';
const SAY_SOMETHING = 'Your reply had nothing in it that can be read. Go on, and say what there is to say.';

export class SecondChances {
  #cuts = 0;
  #refusals = 0;
  #silences = 0;

  /** A new turn has chances of its own. */
  begin(): void {
    this.#cuts = 0;
    this.#refusals = 0;
    this.#silences = 0;
  }

  /** `undefined` for a reply that stands as it is, and for one that has had its chances. */
  after(reply: ModelReply): SecondChance | undefined {
    if (isCut(reply)) return ++this.#cuts > MAX_CUTS ? undefined : { text: GO_ON };
    this.#cuts = 0;
    if (reply.stopReason === 'refusal') {
      if (++this.#refusals > 1) return undefined;
      return {
        text: REFUSED,
        notice: `The safeguards of ${reply.model} stopped the reply: it is told so once`,
      };
    }
    if (reply.blocks.some(isAnswer)) return undefined;
    return ++this.#silences > 1 ? undefined : { text: SAY_SOMETHING };
  }
}

function isAnswer({ type, text }: ContentBlock): boolean {
  return type === 'text' ? !isBlank(text) : type !== 'thinking' && type !== 'redacted_thinking';
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

/** What of a reply is told and kept: the API takes no text that is blank. */
export function tellableBlocks({ blocks }: ModelReply): readonly ContentBlock[] {
  return blocks.filter(({ type, text }) => type !== 'text' || !isBlank(text));
}

/** What of a reply is sent back: no thought alone, and of a refused reply its words only. */
export function returnableBlocks(reply: ModelReply): readonly ContentBlock[] {
  const blocks = tellableBlocks(reply);
  if (reply.stopReason === 'refusal') return blocks.filter(({ type }) => type === 'text');
  return blocks.some(isAnswer) ? blocks : [];
}
