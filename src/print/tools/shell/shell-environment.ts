/** What a command finds in its environment: the session's own, without the credentials that are the session's to use. */
import type { Environment } from '../../../core/program.ts';

/** The user: `keep` leaves the credentials, for recipes whose commands call the model themselves with a key from the environment. */
export const ANDWAIT_BASH_CREDENTIALS = 'ANDWAIT_BASH_CREDENTIALS';

/** They open the model API, whatever else they may open. */
const ALWAYS: readonly string[] = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_CUSTOM_HEADERS',
  'ANTHROPIC_FOUNDRY_API_KEY',
  'ANTHROPIC_FOUNDRY_AUTH_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
  'CLAUDE_CODE_MESSAGING_TOKEN',
];

/** A cloud's credentials are ours while the model is reached through that cloud; otherwise they are the project's, whose commands deploy with them. */
const BY_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  CLAUDE_CODE_USE_BEDROCK: [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  ],
  CLAUDE_CODE_USE_VERTEX: ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_OAUTH_ACCESS_TOKEN'],
  CLAUDE_CODE_USE_FOUNDRY: [
    'AZURE_CLIENT_SECRET',
    'AZURE_CLIENT_CERTIFICATE_PATH',
    'AZURE_FEDERATED_TOKEN_FILE',
  ],
};

/** Files that a shell would run before the command: nobody has judged those. CDPATH has `cd src` go somewhere else than was judged. */
const MISLEADING: readonly string[] = [
  ...[
    'BASH_ENV',
    'ENV',
    'CDPATH',
    'GLOBIGNORE',
    'SHELLOPTS',
    'BASHOPTS',
    'BASH_COMPAT',
    'POSIXLY_CORRECT',
    'PS4',
    'IFS',
  ],
];

/** What tells programs that nobody sits before them. */
const UNATTENDED = {
  CLAUDECODE: '1',
  GIT_EDITOR: 'true',
  GIT_TERMINAL_PROMPT: '0',
  TERM: 'dumb',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
};

export function shellEnvironment(env: Environment): Record<string, string> {
  const dropped = new Set([...MISLEADING, ...(env[ANDWAIT_BASH_CREDENTIALS] === 'keep' ? [] : secrets(env))]);
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !dropped.has(name)) kept[name] = value;
  }
  return { ...kept, ...UNATTENDED };
}

function secrets(env: Environment): string[] {
  const providers = Object.entries(BY_PROVIDER).filter(([name]) => isOn(env[name]));
  return [...ALWAYS, ...providers.flatMap(([, names]) => names)];
}

/** Wider than what chooses a provider: rather one credential too many is kept back than one too few. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
