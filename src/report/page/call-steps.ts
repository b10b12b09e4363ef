/** What an agent did, step by step: the beginning and the end of it where there is no room for all. */
import { countText } from '../text/figures.ts';
import { safeText } from '../text/safe-text.ts';
import type { Step } from '../transcript/transcript-words.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageCall } from './page-run.ts';
import { fittedText } from './text-room.ts';

/** Nothing for a call that did no more than answer. */
export function callSteps(call: PageCall, maxBytes: number): Html {
  const { story } = call;
  if (story === undefined) return NOTHING;
  const last = story.lastSteps.length > 0 ? withoutAnswer(story.lastSteps, call) : story.lastSteps;
  const first = story.lastSteps.length > 0 ? story.firstSteps : withoutAnswer(story.firstSteps, call);
  const head: Html[] = [];
  const tail: Html[] = [];
  const isOneRow = story.stepsBetween === 0;
  const ahead = isOneRow ? [...first, ...last] : first;
  const behind = isOneRow ? [] : last;
  let left = maxBytes;
  const leftOut = fill(head, ahead, left / 2);
  left -= sum(head);
  // What the beginning did not need is the end's; and where it was cut, its own last steps are the end.
  const candidates = leftOut === 0 ? [...behind] : [...ahead.slice(ahead.length - leftOut), ...behind];
  const dropped = fill(tail, candidates.reverse(), left);
  const hidden = story.stepsBetween + dropped;
  if (head.length + tail.length + hidden === 0) return NOTHING;
  const gap = hidden === 0 ? NOTHING : html`<li><u>… ${countText(hidden, 'step')} not shown</u></li>`;
  const more = story.isBeginning ? html`<li><u>… its record goes on</u></li>` : NOTHING;
  return html`<h3>Steps</h3><ol>${head}${gap}${tail.reverse()}${more}</ol>`;
}

/** Returns how many did not fit. A single step may take half of the room. */
function fill(into: Html[], steps: readonly Step[], room: number): number {
  let left = room;
  for (const [at, step] of steps.entries()) {
    const entry = stepEntry(step, room / 2);
    if (entry.bytes > left) return steps.length - at;
    into.push(entry);
    left -= entry.bytes;
  }
  return 0;
}

function stepEntry({ label, lines, ofSubagent }: Step, maxBytes: number): Html {
  const text = lines.join('\n');
  const shown = fittedText(text, maxBytes);
  return ofSubagent
    ? html`<li class="sub"><b>${label}</b><span dir="auto">${shown}</span></li>`
    : html`<li><b>${label}</b><span dir="auto">${shown}</span></li>`;
}

/** The answer stands below, as it came to the script. */
function withoutAnswer(steps: readonly Step[], { outcome }: PageCall): readonly Step[] {
  const last = steps.at(-1);
  if (outcome?.kind !== 'reply' || last?.label !== 'text') return steps;
  return last.lines.join('\n') === safeText(outcome.text).trimEnd() ? steps.slice(0, -1) : steps;
}

function sum(parts: readonly Html[]): number {
  return parts.reduce((total, { bytes }) => total + bytes, 0);
}
