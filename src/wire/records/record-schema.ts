/** Reads journal lines back. Unknown fields and unknown record types are kept: a newer version may have written them. */
import * as z from 'zod/mini';
import { TREE_CHOICES } from '../../core/run.ts';
import { schemaProblem } from '../schema-problem.ts';
import type { JournalRecord } from './record.ts';

const time = z.number();
const optional = <T extends z.core.SomeType>(schema: T) => z.optional(schema);

export const usageSchema = z.looseObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheCreationTokens: z.number(),
});

const account = {
  usage: usageSchema,
  costUsd: z.nullable(z.number()),
  turns: z.number(),
  sessionId: optional(z.string()),
  model: optional(z.string()),
  denials: z.array(z.looseObject({ toolName: z.string(), toolUseId: z.string() })),
  worktree: optional(z.looseObject({ path: z.string(), branch: z.string(), diffStat: z.string() })),
  host: optional(z.string()),
};

export const outcomeSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    text: z.string(),
    structured: optional(z.unknown()),
    ...account,
  }),
  z.looseObject({
    kind: z.literal('failure'),
    reason: z.string(),
    message: z.string(),
    apiStatus: optional(z.number()),
    text: optional(z.string()),
    stderrTail: optional(z.string()),
    ...account,
  }),
]);

const call = { call: z.number(), key: z.string() };

const match = z.looseObject({
  by: z.string(),
  promptHash: optional(z.string()),
  model: optional(z.string()),
  agentType: optional(z.nullable(z.string())),
});

/** Of a run's options: git is started where it says. */
export const runTreeSchema = z.looseObject({
  choice: z.enum(TREE_CHOICES),
  start: optional(z.looseObject({ repository: z.string(), tree: z.looseObject({}) })),
});

const KNOWN = {
  header: z.looseObject({ format: z.number(), runId: z.string(), version: z.string(), at: time }),
  attempt: z.looseObject({
    attempt: z.number(),
    agent: z.string(),
    rehearsal: z.boolean(),
    script: z.string(),
    phases: optional(z.array(z.string())),
    options: z.looseObject({ tree: optional(runTreeSchema) }),
    pid: z.number(),
    at: time,
  }),
  started: z.looseObject({
    ...call,
    label: z.string(),
    phase: optional(z.string()),
    workflow: optional(z.string()),
    model: optional(z.string()),
    attempt: z.number(),
    at: time,
  }),
  process: z.looseObject({ call: z.number(), pid: z.number(), at: time }),
  outcome: z.looseObject({
    ...call,
    outcome: outcomeSchema,
    match: optional(match),
    durationMs: z.number(),
    attempt: z.number(),
    at: time,
  }),
  setback: z.looseObject({
    ...call,
    cause: z.string(),
    outcome: outcomeSchema,
    attempt: z.number(),
    at: time,
  }),
  steered: z.looseObject({
    action: z.string(),
    call: optional(z.number()),
    by: z.looseObject({ pid: z.number(), uid: z.number(), user: z.string() }),
    refused: optional(z.string()),
    at: time,
  }),
  held: z.looseObject({ cause: z.string(), resetAt: z.nullable(z.number()), at: time }),
  released: z.looseObject({ at: time }),
  replayed: z.looseObject({ ...call, attempt: z.number(), at: time }),
  refused: z.looseObject({
    label: z.string(),
    cap: z.string(),
    raise: optional(z.string()),
    count: optional(z.number()),
    at: time,
  }),
  phase: z.looseObject({ title: z.string(), workflow: optional(z.string()), at: time }),
  log: z.looseObject({ text: z.string(), call: optional(z.number()), at: time }),
  end: z.looseObject({ attempt: z.number(), status: z.string(), at: time }),
} satisfies Record<JournalRecord['type'], z.ZodMiniType>;

export type DecodedRecord =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  /** A type this version does not know: kept, and otherwise passed over. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'damaged'; readonly problem: string };

export function decodeRecord(line: string): DecodedRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { kind: 'damaged', problem: `not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    return { kind: 'damaged', problem: 'not an object with a `type`' };
  }
  if (!Object.hasOwn(KNOWN, value.type)) return { kind: 'unknown', type: value.type };
  const record = value as JournalRecord;
  const problem = recordProblem(record);
  return problem === undefined ? { kind: 'record', record } : { kind: 'damaged', problem };
}

/** What is wrong with a record of a known type, in words; a record of an unknown type is never right. */
export function recordProblem({ type, ...fields }: JournalRecord): string | undefined {
  if (!Object.hasOwn(KNOWN, type)) return `unknown record ${JSON.stringify(type)}`;
  const parsed = KNOWN[type].safeParse(fields);
  return parsed.success ? undefined : `\`${type}\` record: ${schemaProblem(parsed.error)}`;
}
