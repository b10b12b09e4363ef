/** A session on a model whose answers are written down, with everything it tells, asks and keeps in the test's hands. */
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { ConversationMessage, ModelAnswer } from '../../../../src/print/api/model.ts';
import { Account } from '../../../../src/print/models/account.ts';
import { Questions, type QuestionsDeps } from '../../../../src/print/session/questions.ts';
import { Session } from '../../../../src/print/session/session.ts';
import type { SessionDeps } from '../../../../src/print/session/session-deps.ts';
import { NO_LOG } from '../../../../src/print/session/session-log.ts';
import { StructuredOutput } from '../../../../src/print/tools/structured-output.ts';
import { absentTool } from '../../../../src/print/tools/tool-access.ts';
import type { ContentBlock } from '../../../../src/wire/events/event.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { fakeGate } from '../fake-gate.ts';
import { FakeModel } from '../fake-model.ts';

export interface Told {
  readonly result: JsonObject;
  readonly events: JsonObject[];
  readonly model: FakeModel;
  readonly kept: ConversationMessage[];
}

/** The value must be `{ n: <a number> }`. */
export function numberWanted(): StructuredOutput {
  const check = (value: Json): string | undefined =>
    typeof value === 'object' && value !== null && 'n' in value
      ? undefined
      : "root: must have required property 'n'";
  return new StructuredOutput({ type: 'object' }, check);
}

export type Differs = Partial<SessionDeps> & Partial<Pick<QuestionsDeps, 'fallbackModels' | 'tellsPieces'>>;

export const text = (words: string): ContentBlock[] => [{ type: 'text', text: words }];

export function sessionWith(answers: readonly (ModelAnswer | 'hang')[], differs: Differs = {}) {
  const events: JsonObject[] = [];
  const kept: ConversationMessage[] = [];
  const model = new FakeModel(answers);
  const clock = new ManualClock();
  const account = new Account();
  const shared = {
    account,
    clock,
    stamp: { sessionId: 's-1', uuid: () => 'u', timestamp: () => 't' },
    emit: async (event: JsonObject) => void events.push(event),
  };
  const { tools = [], structuredOutput } = differs;
  const questions = new Questions({
    ...shared,
    model,
    request: { model: 'claude-opus-5-5', system: 'S', effort: undefined },
    tools: [...tools, ...(structuredOutput === undefined ? [] : [structuredOutput])].map(({ spec }) => spec),
    fallbackModels: differs.fallbackModels ?? [],
    tellsPieces: differs.tellsPieces ?? false,
    maxBudgetUsd: differs.maxBudgetUsd,
    random: () => 0,
  });
  const session = new Session({
    ...shared,
    questions,
    structuredOutput: undefined,
    tools: [],
    absent: (name) => absentTool(name, () => false),
    gate: () => fakeGate(),
    asker: undefined,
    maxTurns: undefined,
    maxBudgetUsd: undefined,
    history: [],
    limits: { isAutomatic: true, isOffered: true, windowTokens: undefined, percent: undefined },
    log: { ...NO_LOG, keep: (message) => void kept.push(message) },
    ...differs,
  });
  return { session, events, model, clock, kept, questions, account };
}

export async function told(answers: readonly ModelAnswer[], differs: Differs = {}): Promise<Told> {
  const { session, events, model, kept } = sessionWith(answers, differs);
  const result = await session.run(text('the prompt'), new AbortController().signal);
  return { result, events, model, kept };
}

export const types = (events: readonly JsonObject[]): string[] =>
  events.map(({ type, subtype }) => (type === 'system' ? `${type}/${subtype}` : String(type)));
