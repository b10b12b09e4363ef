/** Reads a `result` event that is no success. `subtype` may say "success" all the same: an API error does. */
import type { JsonObject } from '../../core/json.ts';
import type { FailureReason } from '../../core/outcome.ts';
import { amountOf, textOf, textsOf } from './event-field.ts';
import { interrupted } from './no-result.ts';
import { oneLine, quoted } from './quote.ts';

export interface ResultFailure {
  readonly reason: FailureReason;
  readonly message: string;
  readonly apiStatus?: number | undefined;
}

export function resultFailure(result: JsonObject): ResultFailure {
  const subtype = textOf(result['subtype']) ?? '';
  const terminal = textOf(result['terminal_reason']) ?? '';
  const said = saidBy(result);
  if (terminal.startsWith('aborted')) return interrupted('before its answer was complete');
  if (subtype === 'error_max_turns' || terminal === 'max_turns') return maxTurns(said);
  if (subtype === 'error_max_structured_output_retries' || terminal === 'structured_output_retry_exhausted') {
    return neverMet(said);
  }
  if (subtype === 'error_max_budget_usd') return budgetUsedUp(said);
  const apiStatus = amountOf(result['api_error_status']);
  if (apiStatus !== undefined || terminal === 'api_error') return apiError(said, apiStatus);
  return {
    reason: 'agent-error',
    message: `the agent reported an error (${kindOf(subtype, terminal)}): ${quoted(said)}`,
  };
}

/** The result's text where there is one, else its `errors`: each kind of failure fills one of them. */
function saidBy(result: JsonObject): string {
  return textOf(result['result']) ?? textsOf(result['errors']).join('; ');
}

function maxTurns(said: string): ResultFailure {
  return {
    reason: 'max-turns',
    message: `the turn limit was reached: ${quoted(said)}; allow more turns or ask for less`,
  };
}

/** Its own, or with `--hard` what was left of the run's: the cap itself refuses what comes next. */
function budgetUsedUp(said: string): ResultFailure {
  return {
    reason: 'agent-error',
    message: `the agent used up the dollars it had (its budget, or with --hard the rest of --max-cost): ${quoted(said)}`,
  };
}

function neverMet(said: string): ResultFailure {
  return {
    reason: 'schema-never-met',
    message: `the reply never matched the call's schema: ${quoted(said)}; loosen the schema or say more in the prompt`,
  };
}

/** The agent program's own words, as they stand: scripts and people look for `API Error: 529` in the log. */
function apiError(said: string, apiStatus: number | undefined): ResultFailure {
  const login =
    apiStatus === undefined && /log ?in/i.test(said)
      ? ' (log in with the agent program itself, or set ANTHROPIC_API_KEY)'
      : '';
  const words = oneLine(said) || 'the model API failed, and the agent program did not say how';
  return { reason: 'api-error', message: `${words}${login}`, apiStatus };
}

function kindOf(subtype: string, terminal: string): string {
  const named = [subtype, terminal].filter((word) => word !== '' && word !== 'success');
  return named.length > 0 ? [...new Set(named)].join(', ') : 'is_error';
}
