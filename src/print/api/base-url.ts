/** An address that the user gave for a provider, looked at before any request: what HTTP clients say of a bad one names neither it nor its variable. */
import type { Environment } from '../../core/program.ts';
import { setting } from '../environment.ts';
import { CredentialsFailure } from './connection.ts';

/** `undefined`: the provider's own. Throws `CredentialsFailure`. */
export function baseUrlIn(env: Environment, variable: string): string | undefined {
  const value = setting(env, variable)?.trim();
  if (value === undefined || isHttp(value)) return value;
  throw new CredentialsFailure(
    `${variable} is ${JSON.stringify(shown(value))}, which is no address of an API: expected http:// or https:// and a host, as in http://localhost:8080`,
  );
}

/** `localhost:8080` is a URL, of a scheme called localhost. */
function isHttp(value: string): boolean {
  return URL.canParse(value) && /^https?:\/\//i.test(value);
}

const LONGEST = 200;

/** Whatever may be a password is left out; this goes into transcripts. */
function shown(value: string): string {
  const open = value.replace(/^([^/]*\/\/)?.*@/s, '$1…@').replace(/[?#].*$/s, '?…');
  return open.length > LONGEST ? `${open.slice(0, LONGEST)}…` : open;
}
