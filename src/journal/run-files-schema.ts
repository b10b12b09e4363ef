/**
 * What `run.json` and `result.json` must hold before anything believes them: a person, or another program, may have
 * written to the state folder. Unknown fields are kept: a newer version may have written them.
 */
import * as z from 'zod/mini';
import { runTreeSchema } from '../wire/records/record-schema.ts';

const caps = z.looseObject({
  concurrency: z.number(),
  agents: z.number(),
  outputTokens: z.nullable(z.number()),
  costUsd: z.optional(z.nullable(z.number())),
  timeMs: z.optional(z.nullable(z.number())),
  hard: z.optional(z.boolean()),
});

const options = z.looseObject({
  caps,
  agent: z.string(),
  rehearse: z.boolean(),
  model: z.optional(z.string()),
  effort: z.optional(z.string()),
  modelFor: z.record(z.string(), z.string()),
  permissionMode: z.string(),
  allowedTools: z.array(z.string()),
  timeoutMs: z.nullable(z.number()),
  idleMs: z.optional(z.nullable(z.number())),
  tree: z.optional(runTreeSchema),
});

export const descriptionSchema = z.looseObject({
  format: z.number(),
  version: z.string(),
  runId: z.string(),
  kind: z.string(),
  name: z.string(),
  description: z.string(),
  scriptPath: z.string(),
  cwd: z.string(),
  options,
  startedAt: z.number(),
});

/** Attempts are not told by the first versions. */
export const resultSchema = z.looseObject({
  status: z.string(),
  error: z.optional(z.nullable(z.looseObject({ name: z.string(), message: z.string() }))),
  attempts: z.optional(z.array(z.looseObject({ attempt: z.number() }))),
});
