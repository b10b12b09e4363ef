/** What a model is asked with, by the names under which a user gives it: for those who look for it, and those who say what is missing. */
import { PROVIDER_VARIABLES } from './model-provider.ts';

/** For the model API itself, or a gateway before it. */
export const API_CREDENTIALS: readonly string[] = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'];

/** A login of the real program, which alone may use it. */
export const LOGIN_TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';

/** The end of a sentence. */
export const SET_CREDENTIALS = `set ${API_CREDENTIALS.join(' or ')}, name an apiKeyHelper in ~/.claude/settings.json, or choose a cloud (${PROVIDER_VARIABLES.join(', ')})`;
