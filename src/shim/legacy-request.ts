/** A headless call as the pool knows it: named by a hash of its words, its stdin and where it is made. */
import path from 'node:path';
import type { CallRequest } from '../core/call.ts';
import type { HashedContent } from '../pool/content-hash.ts';
import { randomDigits } from '../wire/random-digits.ts';
import type { CallShape } from './call-shape.ts';

export interface LegacyContent {
  readonly argv: readonly string[];
  /** `undefined`: it cannot be known, or is to be asked anew every time. */
  readonly stdinDigest: string | undefined;
  /** Relative to the run's. */
  readonly cwd: string;
}

const CHANCE_DIGITS = 32;

/** Hashing is loaded where something is hashed: below `exec` alone. */
export async function legacyRequest(
  shape: CallShape,
  content: LegacyContent,
  random: () => number,
): Promise<CallRequest> {
  const { model, label } = shape;
  const asked = {
    prompt: JSON.stringify(['legacy', content.argv, content.stdinDigest ?? null]),
    schema: undefined,
    model: undefined,
    effort: undefined,
    isolation: undefined,
    agentType: undefined,
  };
  return {
    ...asked,
    ...(content.stdinDigest === undefined ? unrepeatable(random) : await hashes(asked, content.cwd)),
    askedModel: model,
    label,
    phase: undefined,
    workflow: undefined,
    model,
  };
}

type Hashes = Pick<CallRequest, 'contentHash' | 'promptHash'>;

async function hashes(asked: Omit<HashedContent, 'cwd'>, cwd: string): Promise<Hashes> {
  const { contentHash, promptHash } = await import('../pool/content-hash.ts');
  return { contentHash: contentHash({ ...asked, cwd }), promptHash: promptHash(asked.prompt) };
}

function unrepeatable(random: () => number): Hashes {
  const hash = never(random);
  return { contentHash: hash, promptHash: hash };
}

/** A hash that no call has had, nor will have. */
function never(random: () => number): string {
  return randomDigits(CHANCE_DIGITS, 16, random);
}

/** Of a call in `cwd`, relative to where the run was started: another way to write the same folder must not matter. */
export function cwdInRun(runCwd: string | undefined, cwd: string): string {
  return runCwd === undefined || runCwd === '' ? cwd : path.relative(runCwd, cwd);
}
