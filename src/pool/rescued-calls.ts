/** Which reply of another engine answers a call: the prompt decides, and what else is known of it may object. */
import type { CallRequest } from '../core/call.ts';
import type { Json } from '../core/json.ts';
import { compileSchema } from '../wire/schemas/json-schema.ts';
import type { RescuedReply } from './recorded-calls.ts';

/** Numbers of recorded calls whose value is none of the asked-for schema. */
export type Misfits = ReadonlySet<number>;

export const NO_MISFITS: Misfits = new Set();

/** Among replies to the same prompt, in the order they started, those that nothing speaks against. */
export function fittingReplies(alike: readonly RescuedReply[], request: CallRequest): RescuedReply[] {
  return alike.filter(
    ({ outcome, match }) =>
      (outcome.structured === undefined) === (request.schema === undefined) &&
      agrees(match.model, request.askedModel) &&
      (match.agentType === undefined || match.agentType === (request.agentType ?? null)),
  );
}

/** What was recorded may be an alias, the id it stands for, or the default: a script that names no model takes any. */
function agrees(recorded: string | undefined, asked: string | undefined): boolean {
  return recorded === undefined || asked === undefined || recorded.includes(asked);
}

/** Holds recorded values against the schema of the call they would answer: it may have been edited since, or the record. */
export async function misfitsAmong(
  fitting: readonly RescuedReply[],
  { schema }: CallRequest,
): Promise<Misfits> {
  if (schema === undefined || fitting.length === 0) return NO_MISFITS;
  const compiled = await compileSchema(schema);
  const isMisfit = (value: Json | undefined) =>
    value === undefined || compiled.kind === 'bad' || compiled.check(value) !== undefined;
  return new Set(fitting.filter(({ outcome }) => isMisfit(outcome.structured)).map(({ call }) => call));
}
