/** Judges what a model wrote, in the order of the cost: is it a script, does it hide something, does it come to its end on samples. */
import type { Json } from '../../core/json.ts';
import { safeText } from '../../report/text/safe-text.ts';
import { type ParsedScript, parseSource, ScriptRefused } from '../../script/parse-script.ts';
import type { Rehearsal } from './rehearse-script.ts';

export interface Draft {
  readonly text: string;
  /** What its author would have it run with. */
  readonly args: Json | undefined;
}

export interface CheckedDraft extends Draft {
  readonly script: ParsedScript;
  readonly rehearsal: Rehearsal;
}

export type Verdict =
  | { readonly kind: 'good'; readonly draft: CheckedDraft }
  /** For its author: what was found, where, and what to write instead. */
  | { readonly kind: 'bad'; readonly objection: string };

export interface DraftDemands {
  /** As messages name it. */
  readonly file: string;
  /** `meta.name`, where the user wants one. */
  readonly name: string | undefined;
  /** Rejects when it is stopped from outside. */
  readonly rehearse: (script: ParsedScript, args: Json | undefined) => Promise<Rehearsal>;
}

/** Rejects as `rehearse` does. */
export async function checkDraft(draft: Draft, { file, name, rehearse }: DraftDemands): Promise<Verdict> {
  const parsed = parsedOf(draft.text, file);
  if (typeof parsed === 'string') return bad(parsed);
  if (name !== undefined && parsed.meta.name !== name) {
    return bad(`meta.name is ${JSON.stringify(parsed.meta.name)}; it must be ${JSON.stringify(name)}`);
  }
  const hidden = hiddenIn(draft.text);
  if (hidden !== undefined) {
    return bad(
      `line ${hidden} holds characters that nobody sees, or that change how others are shown; write them as \\u escapes, or leave them out`,
    );
  }
  const rehearsal = await rehearse(parsed, draft.args);
  const fault = faultOf(rehearsal);
  if (fault === undefined) return { kind: 'good', draft: { ...draft, script: parsed, rehearsal } };
  const args = draft.args === undefined ? 'without args' : `with the args ${JSON.stringify(draft.args)}`;
  return bad(
    `in a rehearsal ${args}, after ${rehearsal.calls.length} agents, ${fault}`.slice(0, MAX_OBJECTION),
  );
}

const MAX_OBJECTION = 4000;

function bad(objection: string): Verdict {
  return { kind: 'bad', objection };
}

function parsedOf(text: string, file: string): ParsedScript | string {
  try {
    return parseSource(Buffer.from(text), file).script;
  } catch (error) {
    if (error instanceof ScriptRefused) return error.message;
    throw error;
  }
}

/** The line of the first; what a person is shown must be what runs. */
function hiddenIn(text: string): number | undefined {
  const lines = text.split(/\r\n?|\n/);
  const at = lines.findIndex((line) => safeText(line) !== line);
  return at < 0 ? undefined : at + 1;
}

function faultOf({ end }: Rehearsal): string | undefined {
  const { status, error } = end;
  if (status === 'completed') return undefined;
  // What stopped it tells of it in a sentence.
  if (status === 'stopped') return error?.message ?? status;
  return `it ended with ${error === null ? status : (error.stack ?? `${error.name}: ${error.message}`)}`;
}
