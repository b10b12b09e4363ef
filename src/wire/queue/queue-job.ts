/** What travels through a queue: a call to be carried out on another host, what its agent says, and what it came to. Nothing secret of ours. */
import * as z from 'zod/mini';
import { type AgentCall, EFFORTS } from '../../core/call.ts';
import { isTooDeep, MOST_LEVELS } from '../../core/json.ts';
import type { Outcome, Pressure } from '../../core/outcome.ts';
import type { CallActivity, CallSoFar } from '../../core/progress.ts';
import type { RunOptions } from '../../core/run.ts';
import { pressureSchema } from '../pool/pool-schema.ts';
import { outcomeSchema, usageSchema } from '../records/record-schema.ts';
import { schemaProblem } from '../schema-problem.ts';
import {
  editsSchema,
  type TravellingEdits,
  type TravellingTree,
  treeSchema,
} from '../trees/travelling-tree.ts';
import { type TranscriptNews, transcriptNewsSchema } from './transcript-news.ts';

export const QUEUE_FORMAT = 1;

/** What the run's command line says of its agents; which program answers, and with whose credentials, is the host's. */
export type JobSettings = Required<
  Pick<RunOptions, 'agent' | 'rehearse' | 'permissionMode' | 'allowedTools' | 'timeoutMs' | 'idleMs'>
>;

export interface QueueJob {
  readonly format: typeof QUEUE_FORMAT;
  /** Drawn anew for each agent that is asked for: what is answered to another one is not answered to this. */
  readonly token: string;
  readonly runId: string;
  readonly call: AgentCall;
  /** US dollars it may use up. */
  readonly budgetUsd: number | undefined;
  readonly settings: JobSettings;
  /** What its agent starts from; `undefined`: it works in the host's own folder. */
  readonly tree?: TravellingTree | undefined;
}

export interface JobResult {
  readonly token: string;
  /** Name of the host. */
  readonly host: string;
  readonly outcome: Outcome;
  /** What its agent changed; the pack is kept beside the jobs, as the token's. */
  readonly edits?: TravellingEdits | undefined;
  /** It was not run, since nothing was heard of its client: who is there all the same asks again. */
  readonly dropped?: true;
  /** What its agent wrote last. */
  readonly transcript?: TranscriptNews | undefined;
}

/** All there is to say since the agent began, in one message: the engine keeps the last. Of its transcript, what the last one did not tell. */
export interface JobNews {
  readonly token: string;
  readonly host: string;
  readonly activity: CallActivity | undefined;
  readonly soFar: CallSoFar | undefined;
  /** The last few, numbered from 1. */
  readonly pressures: readonly { readonly number: number; readonly pressure: Pressure }[];
  readonly warnings: readonly { readonly number: number; readonly text: string }[];
  readonly transcript?: TranscriptNews | undefined;
}

const text = z.string();
/** Of a command line: no process is started with a NUL in one, on any host. */
const word = text.check(z.regex(/^[^\0]*$/));
const whole = z.number().check(z.int(), z.gte(0));
const amount = z.number().check(z.gte(0));
/** In one message: hosts keep fewer, and each is a line of the journal here. */
const MOST_TOLD = 20;
const hostName = text.check(z.maxLength(255));
const limit = z.nullable(z.number().check(z.gt(0)));

/** What a job says beyond this is dropped, not handed on: what it is told of may hold for the host's own runs alone. */
const call = z.object({
  id: whole.check(z.gte(1)),
  key: text,
  occurrence: whole.check(z.gte(1)),
  prompt: text,
  label: text.check(z.maxLength(1000)),
  phase: z.optional(text),
  workflow: z.optional(text),
  schema: z.optional(z.looseObject({})),
  model: z.optional(word),
  effort: z.optional(z.enum(EFFORTS)),
  isolation: z.optional(z.literal('worktree')),
  agentType: z.optional(word),
});

const job = z.object({
  format: z.literal(QUEUE_FORMAT),
  token: word.check(z.minLength(1), z.maxLength(200)),
  runId: text.check(z.minLength(1), z.maxLength(200)),
  call,
  budgetUsd: z.optional(z.number().check(z.gt(0))),
  settings: z.object({
    agent: z.enum(['claude', 'print', 'auto']),
    rehearse: z.boolean(),
    permissionMode: text,
    allowedTools: z.array(text),
    timeoutMs: limit,
    idleMs: limit,
  }),
  tree: z.optional(treeSchema),
});

/** Less than nothing would have the run's budgets grow. */
const spending = z.looseObject({
  usage: z.looseObject({
    inputTokens: amount,
    outputTokens: amount,
    cacheReadTokens: amount,
    cacheCreationTokens: amount,
  }),
  costUsd: z.nullable(amount),
  turns: amount,
});

const result = z.looseObject({
  token: text,
  host: hostName,
  outcome: z.intersection(outcomeSchema, spending),
  edits: z.optional(editsSchema),
  dropped: z.optional(z.literal(true)),
  transcript: z.optional(transcriptNewsSchema),
});

const activity = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('tool'), tool: text }),
  z.looseObject({ kind: z.literal('text') }),
  z.looseObject({
    kind: z.literal('retry'),
    attempt: z.number(),
    delayMs: z.number(),
    status: z.nullable(z.number()),
  }),
]);

const news = z.looseObject({
  token: text,
  host: hostName,
  activity: z.optional(activity),
  soFar: z.optional(z.looseObject({ usage: usageSchema, model: z.optional(text) })),
  pressures: z
    .array(z.looseObject({ number: whole, pressure: pressureSchema }))
    .check(z.maxLength(MOST_TOLD)),
  warnings: z.array(z.looseObject({ number: whole, text })).check(z.maxLength(MOST_TOLD)),
  transcript: z.optional(transcriptNewsSchema),
});

export type Decoded<T> =
  | { readonly kind: 'good'; readonly value: T }
  | { readonly kind: 'bad'; readonly problem: string };

export function decodeJob(value: unknown): Decoded<QueueJob> {
  return decoded(job, value);
}

export function decodeResult(value: unknown): Decoded<JobResult> {
  return decoded(result, value);
}

export function decodeNews(value: unknown): Decoded<JobNews> {
  return decoded(news, value);
}

function decoded<T>(schema: z.ZodMiniType, value: unknown): Decoded<T> {
  if (isTooDeep(value)) return { kind: 'bad', problem: `more than ${MOST_LEVELS} levels of JSON` };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'good', value: parsed.data as T };
  return { kind: 'bad', problem: schemaProblem(parsed.error) };
}
