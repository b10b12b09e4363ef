/** Finds a remote that other hosts can have a commit from, and asks it, where it can be asked, whether it has it. */
import { readTravellingTree, type TreeRemote } from '../../../wire/trees/travelling-tree.ts';
import { type GitPlace, git } from '../git.ts';
import { fetchingEnvironment } from './guarded-git.ts';

export type RemoteFound =
  | {
      readonly kind: 'found';
      readonly remote: TreeRemote;
      /** `undefined`: it has the commit. Else why nobody knows, in words. */
      readonly doubt: string | undefined;
    }
  /** `asked`: what was learnt of each remote, in words. */
  | { readonly kind: 'none'; readonly asked: readonly string[] };

export async function remoteHolding(place: GitPlace, commit: string): Promise<RemoteFound> {
  const asked: string[] = [];
  let doubtful: (RemoteFound & { readonly kind: 'found' }) | undefined;
  for (const { name, url } of await remotes(place)) {
    const shared = sharedUrl(url);
    if (shared === undefined) {
      asked.push(`${name} is nothing that another host can reach (neither https:// nor ssh)`);
      continue;
    }
    const remote = { kind: 'remote', url: shared } as const;
    const answer = await holds(place, name, commit);
    if (answer === 'yes') return { kind: 'found', remote, doubt: undefined };
    if (answer === 'no') asked.push(`${name} (${shared}) does not have it`);
    else doubtful ??= { kind: 'found', remote, doubt: `${name} (${shared}) ${answer.unknown}` };
  }
  return doubtful ?? { kind: 'none', asked };
}

/** The one that clones come from first. */
async function remotes(place: GitPlace): Promise<{ readonly name: string; readonly url: string }[]> {
  const listed = await git(place, ['config', '--null', '--get-regexp', String.raw`^remote\..*\.url$`]);
  if (!listed.ok) return [];
  const byName = new Map<string, string>();
  for (const entry of listed.stdout.split('\0')) {
    const [key = '', url = ''] = entry.split('\n');
    const name = key.slice('remote.'.length, -'.url'.length);
    if (name !== '' && !byName.has(name)) byName.set(name, url);
  }
  const found = [...byName].map(([name, url]) => ({ name, url }));
  return [...found.filter(({ name }) => name === 'origin'), ...found.filter(({ name }) => name !== 'origin')];
}

/**
 * Without what could be a credential: passwords, the user's name of a web address (often a token), query and fragment.
 * `undefined`: not for other hosts.
 */
export function sharedUrl(url: string): string | undefined {
  const stripped = /^[a-z]+:\/\//i.test(url) ? strippedUrl(url) : url;
  const tree = { commit: '0'.repeat(40), prefix: '', source: { kind: 'remote', url: stripped } };
  return readTravellingTree(tree).ok ? stripped : undefined;
}

function strippedUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  if (parsed.protocol === 'https:') parsed.username = '';
  return parsed.href;
}

/** `unknown`: why. */
type Holding = 'yes' | 'no' | { readonly unknown: string };

/**
 * A remote tells the tips of its branches. It has the commit when that is a tip, or lies below one that we know; where a branch
 * that had it has moved on to what we do not know, it may have been rewritten.
 */
async function holds(place: GitPlace, name: string, commit: string): Promise<Holding> {
  const tracked = await git(place, [
    ...['for-each-ref', '--format=%(objectname)', `--contains=${commit}`, `refs/remotes/${name}/`],
  ]);
  const known = tracked.ok && tracked.stdout !== '' ? tracked.stdout.split('\n') : [];
  const env = fetchingEnvironment(place.env, ASKED_BY);
  const asking = { cwd: place.cwd, env, timeoutMs: ASKING_MS };
  const told = await git(asking, ['ls-remote', '--heads', '--tags', '--', name]);
  if (!told.ok) {
    const why = told.message.split('\n')[0] ?? '';
    return { unknown: `could not be asked for it: ${withoutCredentials(why)}` };
  }
  const tips = new Set(told.stdout.split('\n').map((line) => line.split('\t')[0] ?? ''));
  if (tips.has(commit) || known.some((tip) => tips.has(tip))) return 'yes';
  if (known.length === 0) return 'no';
  return { unknown: 'had it at the last fetch, and has other branches by now' };
}

const ASKING_MS = 30_000;

/** `file`: a rewriting of the user's own (`url.….insteadOf`) may lead to a mirror. */
const ASKED_BY = 'https:ssh:file';

function withoutCredentials(text: string): string {
  return text.replaceAll(/:\/\/[^@/\s']*@/g, '://***@');
}
