/** Which credentials there are, by name. Their values are never read further than it takes to see that they are there. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import { CLAUDE_CONFIG_DIR } from '../../workflow/find-workflow.ts';
import type { Check } from './finding.ts';

/** Set by the user or a CI system: what the model API, or a cloud's, is asked with. */
const VARIABLES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
];

export const checkCredentials: Check = async (program) => {
  const about = 'login';
  const found = [
    ...VARIABLES.filter((name) => (program.env[name] ?? '') !== '').map((name) => `the variable ${name}`),
    ...ofClaude(program),
  ];
  if (found.length > 0) return [{ about, level: 'ok', message: `credentials: ${found.join(', ')}` }];
  return [
    {
      about,
      level: 'note',
      message: 'no credentials to be seen (macOS keeps those of claude in its keychain)',
      remedy: 'log in with `claude`, or set ANTHROPIC_API_KEY',
    },
  ];
};

function ofClaude({ env, homeDir }: Program): string[] {
  const own = env[CLAUDE_CONFIG_DIR] ?? (homeDir === undefined ? undefined : path.join(homeDir, '.claude'));
  if (own === undefined) return [];
  const login = path.join(own, '.credentials.json');
  const settings = path.join(own, 'settings.json');
  return [
    ...(isFile(login) ? [`the file ${login}`] : []),
    ...(namesKeyProgram(settings) ? [`apiKeyHelper in ${settings}`] : []),
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

function namesKeyProgram(settings: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(settings, 'utf8'));
    return isJsonObject(value) && typeof value['apiKeyHelper'] === 'string';
  } catch {
    return false;
  }
}
