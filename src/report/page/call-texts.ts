/** What the page has of a call that may be of any length, as it stands around the agent's steps. */
import type { Outcome } from '../../core/outcome.ts';
import type { PageCall } from './page-run.ts';

export interface CallText {
  readonly title: string;
  readonly text: string;
  /** Of the whole, of which `text` may be the beginning. */
  readonly characters: number;
}

/** Of a failure's message so much stands in the line of the call. */
export const MESSAGE_CHARACTERS = 200;

export function textsBeforeSteps({ outcome, story }: PageCall): CallText[] {
  const texts: CallText[] = [];
  if (outcome?.kind === 'failure' && outcome.message.length > MESSAGE_CHARACTERS) {
    texts.push(whole('Failure', outcome.message));
  }
  if (story?.prompt !== undefined) {
    texts.push({ title: 'Prompt', text: story.prompt, characters: story.promptCharacters });
  }
  return texts;
}

export function textsAfterSteps({ outcome }: PageCall): CallText[] {
  if (outcome === undefined) return [];
  if (outcome.kind === 'reply') return [whole('Answer', answerOf(outcome))];
  const { text, stderrTail } = outcome;
  return [
    ...(text === undefined ? [] : [whole('What it had said', text)]),
    ...(stderrTail === undefined || stderrTail === '' ? [] : [whole('The end of its stderr', stderrTail)]),
  ];
}

/** The validated value, where there is one. */
function answerOf({ structured, text }: Extract<Outcome, { kind: 'reply' }>): string {
  return structured === undefined ? text : JSON.stringify(structured, null, 2);
}

function whole(title: string, text: string): CallText {
  return { title, text, characters: text.length };
}
