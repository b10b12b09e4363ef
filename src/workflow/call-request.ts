/** Turns what a script passed to `agent()` into a complete request: wrong types and unknown keys are ignored, never errors. */
import { type CallRequest, EFFORTS, type Effort } from '../core/call.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { contentHash, promptHash } from '../pool/content-hash.ts';

/** What the command line and `meta` say about every call. */
export interface CallChoices {
  readonly model: string | undefined;
  readonly effort: Effort | undefined;
  /** Phase title → model; beats what the script says, so that a stage gets cheaper without touching it. */
  readonly modelFor: ReadonlyMap<string, string>;
  /** Phase title → model, as `meta.phases` proposes. */
  readonly metaModels: ReadonlyMap<string, string>;
}

/** Where in the run a call was made. */
export interface CallPlace {
  readonly phase: string | undefined;
  readonly workflow: string | undefined;
}

const LABEL_CHARACTERS = 60;
/** A label stands in journals and on screens; a script must not fill either with it. */
const MAX_LABEL_CHARACTERS = 500;

export function callRequestOf(
  prompt: string,
  options: JsonObject,
  place: CallPlace,
  choices: CallChoices,
): CallRequest {
  const asked = {
    prompt,
    schema: schemaOf(options['schema']),
    model: modelOf(options['model']),
    effort: effortOf(options['effort']),
    isolation: options['isolation'] === 'worktree' ? ('worktree' as const) : undefined,
    agentType: textOf(options['agentType']),
  };
  const phase = textOf(options['phase']) ?? place.phase;
  return {
    ...asked,
    contentHash: contentHash({ ...asked, cwd: '' }),
    promptHash: promptHash(prompt),
    askedModel: asked.model,
    label: cut(textOf(options['label']), MAX_LABEL_CHARACTERS) ?? defaultLabel(prompt),
    phase,
    workflow: place.workflow,
    model: chosenModel(asked.model, phase, choices),
    effort: asked.effort ?? choices.effort,
  };
}

/** The command line for this phase, then the script, then `meta`, then the command line for the run. */
function chosenModel(
  asked: string | undefined,
  phase: string | undefined,
  { modelFor, metaModels, model }: CallChoices,
): string | undefined {
  const forPhase = phase === undefined ? undefined : modelFor.get(phase);
  const proposed = phase === undefined ? undefined : metaModels.get(phase);
  return forPhase ?? asked ?? proposed ?? model;
}

/** A schema that is no object is still handed on: whether it is one is for the schema check to say. */
function schemaOf(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  return isJsonObject(value) ? value : { not: {}, $comment: `schema was ${JSON.stringify(value)}` };
}

/** `inherit` is the real engine's word for "as the run". */
function modelOf(value: Json | undefined): string | undefined {
  const model = textOf(value);
  return model === 'inherit' ? undefined : model;
}

function effortOf(value: Json | undefined): Effort | undefined {
  return EFFORTS.find((effort) => effort === value);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** By characters, not UTF-16 units: half an emoji is no label. */
export function defaultLabel(prompt: string): string {
  return Array.from(prompt.slice(0, 2 * LABEL_CHARACTERS))
    .slice(0, LABEL_CHARACTERS)
    .join('')
    .replace(/[\r\n]+/g, ' ');
}

function cut(text: string | undefined, characters: number): string | undefined {
  return text === undefined || text.length <= characters ? text : `${text.slice(0, characters)}…`;
}
