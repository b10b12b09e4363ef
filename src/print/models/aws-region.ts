/**
 * Which region of AWS is asked. Read at once and not through the AWS packages: the ids of the models follow from it, also
 * where no request is ever made. There is always one, as measured.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../core/program.ts';
import { setting } from '../environment.ts';

const DEFAULT_REGION = 'us-east-1';

export function awsRegion(env: Environment): string {
  return (
    setting(env, 'AWS_REGION') ?? setting(env, 'AWS_DEFAULT_REGION') ?? regionOfProfile(env) ?? DEFAULT_REGION
  );
}

function regionOfProfile(env: Environment): string | undefined {
  const home = setting(env, 'HOME');
  const profile = setting(env, 'AWS_PROFILE') ?? 'default';
  const file = (variable: string, name: string): string | undefined =>
    setting(env, variable) ?? (home === undefined ? undefined : path.join(home, '.aws', name));
  return (
    regionIn(file('AWS_SHARED_CREDENTIALS_FILE', 'credentials'), profile) ??
    regionIn(file('AWS_CONFIG_FILE', 'config'), profile)
  );
}

function regionIn(file: string | undefined, profile: string): string | undefined {
  let section: string | undefined;
  let region: string | undefined;
  for (const line of textOf(file).split('\n')) {
    const header = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/.exec(line)?.[1];
    if (header !== undefined) section = header;
    else if (section === profile) region = /^region\s*=\s*([a-z0-9-]+)/.exec(line)?.[1] ?? region;
  }
  return region;
}

/** A file that is not there, or not ours to read, says nothing. */
function textOf(file: string | undefined): string {
  try {
    return file === undefined ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
