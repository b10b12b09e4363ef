/** `--rehearse`: answers without a model. With a schema it loads the validator, without one hardly anything. */

import { ANDWAIT_CALL_KEY, ANDWAIT_CALL_OCCURRENCE } from '../wire/environment/run-environment.ts';
import { type AgentEvent, isResultEvent } from '../wire/events/event.ts';
import { setting } from './environment.ts';
import { hashOf } from './rehearsal/chance.ts';
import { eventsOfReply, type RehearsalRequest, rehearsedText } from './rehearsal/rehearsal-reply.ts';
import type {
  Conversation,
  ConversationOpening,
  ConversationRequest,
  PrintOutcome,
  PrintRequest,
} from './request.ts';
import { uuidFrom } from './uuid.ts';

export async function runRequest(request: PrintRequest): Promise<PrintOutcome> {
  const problem = await schemaProblem(request);
  if (problem !== undefined) return { kind: 'refused', message: problem };
  const events = await eventsFor(request);
  for (const event of events) await request.emit(event);
  const result = events.findLast(isResultEvent);
  if (result === undefined) throw new Error('a rehearsal ended without a result event');
  return { kind: 'done', result };
}

/** Turns that know nothing of each other: each text is rehearsed by itself. */
export async function openConversation(request: ConversationRequest): Promise<ConversationOpening> {
  const { program } = request;
  const options = { ...request.options, sessionId: request.options.sessionId ?? uuidFrom(program.random) };
  const problem = await schemaProblem({ program, options });
  if (problem !== undefined) return { kind: 'refused', message: problem };
  const conversation: Conversation = {
    stamp: {
      sessionId: options.sessionId,
      uuid: () => uuidFrom(program.random),
      timestamp: () => new Date(program.clock.now()).toISOString(),
    },
    async turn(content, signal, onBegin) {
      await onBegin?.();
      const prompt = content.map(({ text }) => (typeof text === 'string' ? text : '')).join('\n');
      const outcome = await runRequest({ ...request, options, prompt, signal });
      if (outcome.kind === 'refused') throw new Error(outcome.message);
      return outcome.result;
    },
    setModel: (name) => name ?? '',
    setPermissionMode: () => undefined,
    [Symbol.dispose]: () => {},
  };
  return { kind: 'ready', conversation };
}

async function eventsFor({ program, options, prompt }: PrintRequest): Promise<AgentEvent[]> {
  const { schema, model } = options;
  const call: RehearsalRequest = { prompt, schema, model, ...identityOf({ program, options, prompt }) };
  const ids = { sessionId: options.sessionId ?? uuidFrom(program.random), cwd: program.cwd };
  if (schema === undefined) return eventsOfReply(call, { kind: 'text', text: rehearsedText(call) }, ids);
  const { rehearsalEvents } = await import('./rehearsal/rehearsal-events.ts');
  return rehearsalEvents(call, ids);
}

/** Which call it is: as andwait says, else by its content, as if it were made for the first time. */
function identityOf({ program, options, prompt }: Pick<PrintRequest, 'program' | 'options' | 'prompt'>): {
  readonly key: string;
  readonly occurrence: number;
} {
  const occurrence = Number(setting(program.env, ANDWAIT_CALL_OCCURRENCE) ?? 1);
  const content = JSON.stringify([prompt, options.schema ?? null]);
  return {
    key: setting(program.env, ANDWAIT_CALL_KEY) ?? hashOf(content).toString(16),
    occurrence: Number.isInteger(occurrence) && occurrence > 0 ? occurrence : 1,
  };
}

/** A schema that comes from andwait was checked there. */
async function schemaProblem({
  program,
  options,
}: Pick<PrintRequest, 'program' | 'options'>): Promise<string | undefined> {
  if (options.schema === undefined || setting(program.env, ANDWAIT_CALL_KEY) !== undefined) return undefined;
  const { compileSchema } = await import('../wire/schemas/json-schema.ts');
  const check = await compileSchema(options.schema);
  return check.kind === 'bad'
    ? `Error: --json-schema is not a valid JSON Schema: ${check.message}`
    : undefined;
}
