/**
 * How a working tree is named between two hosts. The names come over a queue that others may write to: each is checked here
 * before a path is made of it, or a command line.
 */
import * as z from 'zod/mini';

/** Of what goes through a queue: one tree, or one agent's edits. */
export const MAX_PACK_BYTES = 64 * 1024 * 1024;

/** What an agent is to start from. */
export interface TravellingTree {
  /** Full id; the edits come back on top of this very commit. */
  readonly commit: string;
  /** From the repository's root to the run's folder: `` or `some/folder/`. */
  readonly prefix: string;
  readonly source: TreePack | TreeRemote;
}

/** A git pack that holds the commit. */
export interface TreePack extends PackName {
  readonly kind: 'pack';
  /** `none`: the commit is there and the ones before it are not, as in a clone of depth one. */
  readonly history: 'whole' | 'none';
}

/** Too large to be carried along: whoever needs the commit fetches it, with credentials of its own. */
export interface TreeRemote {
  readonly kind: 'remote';
  /** `https://host/path`, `ssh://user@host/path` or `user@host:path`; never with a password in it. */
  readonly url: string;
}

/** Names a pack by its content. */
export interface PackName {
  /** Of its bytes, as hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What came of an agent: a pack of all that `tip` has and the commit it started from has not. */
export interface TravellingEdits extends PackName {
  readonly tip: string;
}

/** The value, or what is wrong with it. */
export type Named<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

export function readTravellingTree(value: unknown): Named<TravellingTree> {
  return read(treeSchema, value);
}

export function readTravellingEdits(value: unknown): Named<TravellingEdits> {
  return read(editsSchema, value);
}

/** Whether a run's id can be part of a branch and of a file's name, on anybody's host. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name);
}

/** SHA-1, or SHA-256 in repositories that were made so. */
const commitId = z.string().check(z.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
const packName = {
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  bytes: z.number().check(z.int(), z.gte(0), z.lte(MAX_PACK_BYTES)),
};

const prefixSchema = z.string().check(
  z.maxLength(4_096),
  z.refine((prefix) => isInnerPath(prefix), { error: 'must be empty or a folder inside the repository' }),
);

const urlSchema = z.string().check(
  z.maxLength(4_096),
  z.refine((url) => isRemoteUrl(url), { error: 'must be https://…, ssh://… or user@host:path, no password' }),
);

export const treeSchema = z.object({
  commit: commitId,
  prefix: prefixSchema,
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('pack'), history: z.enum(['whole', 'none']), ...packName }),
    z.object({ kind: z.literal('remote'), url: urlSchema }),
  ]),
});

export const editsSchema = z.object({ tip: commitId, ...packName });

function read<T>(schema: z.ZodMiniType<T>, value: unknown): Named<T> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  return { ok: false, message: `${field}: ${issue?.message ?? 'not understood'}` };
}

/** Also none that git itself would take for a repository's own folder. */
function isInnerPath(prefix: string): boolean {
  if (prefix === '') return true;
  if (!prefix.endsWith('/') || prefix.includes('\0')) return false;
  const names = prefix.slice(0, -1).split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..' && name.toLowerCase() !== '.git');
}

/** `file:`, `ext::`, local paths and what could be read as an option are no remotes for another host. */
function isRemoteUrl(url: string): boolean {
  if (/[\0-\x20\x7f]/.test(url)) return false;
  if (/^(?:https|ssh):\/\//.test(url)) {
    if (!URL.canParse(url)) return false;
    const parsed = new URL(url);
    if (/^-|^$/.test(parsed.hostname) || parsed.username.startsWith('-')) return false;
    return parsed.password === '' && (parsed.protocol === 'ssh:' || parsed.username === '');
  }
  return /^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:[^:-][^:]*$/.test(url);
}
