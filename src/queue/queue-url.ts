/** Where a queue's server is. Its URL may hold a password: only `masked` is for people, journals and logs. */
import { UserError } from '../core/exit.ts';

export interface QueueUrl {
  readonly kind: 'redis' | 'postgres';
  /** As it was given, the password in it. */
  readonly secret: string;
  readonly masked: string;
}

const KINDS: Readonly<Record<string, QueueUrl['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

const FORMS = 'redis://[USER:PASSWORD@]HOST[:PORT][/DB] or postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE';
/** Stands for what is not shown. */
export const MASK = '***';

/** `said`: the flag or variable that gave it. Throws `UserError`, which quotes nothing that may be secret. */
export function queueUrlOf(said: string, text: string): QueueUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url === undefined ? undefined : KINDS[url.protocol];
  if (url === undefined || kind === undefined || (url.hostname === '' && url.search === '')) {
    throw new UserError(`${said} ${JSON.stringify(roughlyMasked(text))}: expected ${FORMS}`);
  }
  return { kind, secret: text, masked: masked(url, kind) };
}

/** What a server, or the client of one, said: without what `url` keeps secret. */
export function withoutSecrets(text: string, { secret }: QueueUrl): string {
  const { password, username, searchParams } = new URL(secret);
  const parts = [password, decoded(password), ...searchParams.values()];
  // Redis takes a token in the place of a name.
  if (password === '') parts.push(username, decoded(username));
  const secrets = parts.filter((part) => part.length > 3).sort((a, b) => b.length - a.length);
  let cleaned = text.replaceAll(secret, MASK);
  for (const part of secrets) cleaned = cleaned.replaceAll(part, MASK);
  return cleaned;
}

function masked(
  { protocol, username, password, host, pathname, search }: URL,
  kind: QueueUrl['kind'],
): string {
  const name = password === '' && kind === 'redis' ? MASK : username;
  const user = username === '' && password === '' ? '' : `${name}${password === '' ? '' : `:${MASK}`}@`;
  return `${protocol}//${user}${host}${pathname}${search === '' ? '' : `?${MASK}`}`;
}

/** Of what is no URL: everything that could be a password in it. */
function roughlyMasked(text: string): string {
  const [, scheme = ''] = /^([a-z]+:\/*)/i.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  return `${scheme}${at === -1 ? rest : `${MASK}${rest.slice(at)}`}`.replace(/\?.*/s, `?${MASK}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
