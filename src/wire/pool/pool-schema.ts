/** Reads what a client says to the broker: whoever has the token may still be of another version, or mad. */
import * as z from 'zod/mini';
import { STEERINGS } from '../../core/run.ts';
import { outcomeSchema, recordProblem } from '../records/record-schema.ts';
import { schemaProblem } from '../schema-problem.ts';
import type { AnyMessage } from './message-lines.ts';
import type { ClientMessage, HelloMessage, LeaseMessage } from './pool-message.ts';

const whole = z.number().check(z.int(), z.gte(0));
const positive = z.number().check(z.int(), z.gte(1));
const seq = whole;
const runId = z.string().check(z.minLength(1), z.maxLength(200));
const text = z.string();
const mark = z.looseObject({ pid: positive, startTicks: z.nullable(text) });
const priority = z.enum(['session', 'normal']);
const call = { runId, call: positive };

const request = z.looseObject({
  contentHash: text,
  promptHash: text,
  label: text,
  askedModel: z.optional(text),
  phase: z.optional(text),
  workflow: z.optional(text),
  model: z.optional(text),
  effort: z.optional(text),
  isolation: z.optional(text),
  agentType: z.optional(text),
  schema: z.optional(z.looseObject({})),
});

const openCall = z.looseObject({
  call: positive,
  key: text,
  occurrence: positive,
  request,
  state: z.enum(['waiting', 'held']),
  leaseId: z.optional(text),
  agent: z.optional(mark),
  priority,
  parent: z.optional(text),
  repeatable: z.boolean(),
  stop: z.optional(z.looseObject({ kind: text })),
});

export const pressureSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('limited'),
    status: z.nullable(z.number()),
    retryAfterMs: z.nullable(z.number().check(z.gte(0))),
  }),
  z.looseObject({ kind: z.literal('quota'), resetAt: z.nullable(z.number()), message: text }),
  z.looseObject({ kind: z.literal('credentials'), message: text }),
]);

const record = z.looseObject({ type: text });

const MESSAGES = {
  hello: z.looseObject({ protocol: z.number(), version: text, token: text, client: mark }),
  lease: z.looseObject({ protocol: z.number(), token: text, leaseId: text }),
  open_run: z.looseObject({
    seq,
    runId,
    dir: text,
    caps: z.looseObject({
      concurrency: positive,
      agents: whole,
      outputTokens: z.nullable(z.number()),
      costUsd: z.optional(z.nullable(z.number())),
      timeMs: z.optional(z.nullable(positive)),
      hard: z.optional(z.boolean()),
    }),
    reuse: z.enum(['content', 'prefix', 'none']),
    rehearsal: z.boolean(),
    joinable: z.boolean(),
    waitForQuota: z.optional(z.boolean()),
    waitForCredentials: z.optional(z.boolean()),
    silentMs: z.optional(positive),
    elsewhere: z.optional(z.boolean()),
    reattach: z.optional(z.looseObject({ attempt: positive, calls: z.array(openCall) })),
  }),
  join_run: z.looseObject({
    seq,
    runId: z.optional(runId),
    stateDir: text,
    reattach: z.optional(z.array(openCall)),
  }),
  append: z.looseObject({ runId, record }),
  commit: z.looseObject({ seq, runId, record }),
  request: z.looseObject({
    seq,
    runId,
    request,
    priority,
    parent: z.optional(text),
    overCapAfterMs: z.optional(z.number().check(z.gte(0))),
    repeatable: z.boolean(),
  }),
  cancel: z.looseObject(call),
  runs: z.looseObject({ ...call, agent: mark }),
  pressure: z.looseObject({ ...call, pressure: pressureSchema }),
  lives: z.looseObject({ runId }),
  settle: z.looseObject({ seq, ...call, outcome: outcomeSchema }),
  release: z.looseObject(call),
  close_run: z.looseObject({ seq, runId }),
  stop_run: z.looseObject({ seq, runId }),
  steer: z.looseObject({
    seq,
    runId,
    dir: text,
    action: z.enum(STEERINGS),
    call: z.optional(positive),
    by: z.looseObject({ pid: positive, uid: whole, user: text }),
  }),
  status: z.looseObject({ seq }),
  set_pool: z.looseObject({
    seq,
    slots: z.optional(z.nullable(positive.check(z.lte(10_000)))),
    paused: z.optional(z.boolean()),
    minFreeBytes: z.optional(z.nullable(whole)),
  }),
  stop_pool: z.looseObject({ seq, force: z.boolean() }),
} satisfies Record<ClientMessage['type'], z.ZodMiniType>;

export type ControlMessage = Exclude<ClientMessage, HelloMessage | LeaseMessage>;

export type DecodedMessage =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  /** `seq`: of the request that is owed an answer. */
  | { readonly kind: 'malformed'; readonly seq: number | undefined; readonly problem: string };

export function decodeClientMessage(value: AnyMessage): DecodedMessage {
  const { type, seq: given } = value;
  const malformed = (problem: string): DecodedMessage => ({
    kind: 'malformed',
    seq: typeof given === 'number' ? given : undefined,
    problem,
  });
  if (!Object.hasOwn(MESSAGES, type))
    return malformed(`unknown message ${JSON.stringify(type.slice(0, 40))}`);
  const parsed = MESSAGES[type as ClientMessage['type']].safeParse(value);
  if (!parsed.success) {
    return malformed(`\`${type}\`: ${schemaProblem(parsed.error)}`);
  }
  const message = value as unknown as ClientMessage;
  if (message.type === 'append' || message.type === 'commit') {
    const problem = recordProblem(message.record);
    if (problem !== undefined) return malformed(problem);
  }
  return { kind: 'message', message };
}
