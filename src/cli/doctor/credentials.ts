/** Which credentials there are, by name. Their values are never read further than it takes to see that they are there. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { settingsWithKeyHelper } from '../../agent/program/key-helper-settings.ts';
import type { Program } from '../../core/program.ts';
import {
  API_CREDENTIALS,
  LOGIN_TOKEN,
  SET_CREDENTIALS,
} from '../../wire/environment/credential-variables.ts';
import { isOn, PROVIDER_VARIABLES } from '../../wire/environment/model-provider.ts';
import { CLAUDE_CONFIG_DIR } from '../../workflow/saved/workflow-places.ts';
import type { Check } from './finding.ts';

export const checkCredentials: Check = async (program) => {
  const about = 'login';
  const names = [
    ...[...API_CREDENTIALS, LOGIN_TOKEN].filter((name) => (program.env[name] ?? '') !== ''),
    // A cloud has its own ways of knowing who asks: that it is chosen is what can be seen.
    ...PROVIDER_VARIABLES.filter((name) => isOn(program.env[name])),
  ];
  const found = [...names.map((name) => `the variable ${name}`), ...ofClaude(program)];
  if (found.length > 0) return [{ about, level: 'ok', message: `credentials: ${found.join(', ')}` }];
  return [
    {
      about,
      level: 'note',
      message: 'no credentials to be seen (macOS keeps those of claude in its keychain)',
      remedy: `log in with \`claude\`, set ${LOGIN_TOKEN} to what \`claude setup-token\` prints, or, for print mode too, ${SET_CREDENTIALS}`,
    },
  ];
};

function ofClaude({ env, homeDir }: Program): string[] {
  const own = env[CLAUDE_CONFIG_DIR] ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  if (own === undefined) return [];
  const login = path.join(own, '.credentials.json');
  const settings = settingsWithKeyHelper(own, undefined);
  return [
    ...(isFile(login) ? [`the file ${login}`] : []),
    ...(settings === undefined ? [] : [`apiKeyHelper in ${settings}`]),
  ];
}

/** One that may not be looked at is none for the agents either. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
