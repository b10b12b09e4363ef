/** Why a command line that could be read cannot be carried out: in the real program's words, where it refuses the same. */
import path from 'node:path';
import { windowIn } from './flags/autocompact.ts';
import { FLAGS, type InputFormat, type OutputFormat } from './flags/flag-table.ts';
import { invalidArgument } from './flags/parse-flags.ts';
import { sourcesProblem } from './flags/setting-sources.ts';
import { isUuid } from './uuid.ts';

export interface CheckedOptions {
  readonly inputFormat: InputFormat;
  readonly outputFormat: OutputFormat;
  readonly verbose: boolean;
  readonly includesPieces: boolean;
  readonly replaysUserMessages: boolean;
  readonly sessionId: string | undefined;
  readonly projectConfigRoot: string | undefined;
}

/** `value` gives a flag's argument as written. */
export function problemIn(
  options: CheckedOptions,
  value: (flag: string) => string | undefined,
): string | undefined {
  return (
    turnsProblem(value('--max-turns')) ??
    budgetProblem(value('--max-budget-usd')) ??
    formatProblem(options) ??
    sourcesProblem(value('--setting-sources')) ??
    sessionProblem(options.sessionId) ??
    configRootProblem(options.projectConfigRoot) ??
    windowIn(value('--autocompact')).problem ??
    managedProblem(value('--managed-settings'))
  );
}

/** Its rules are meant to bind whoever starts us: rather no session than one that passes them over. */
function managedProblem(settings: string | undefined): string | undefined {
  if (settings === undefined) return undefined;
  return `Error: --managed-settings ${JSON.stringify(settings.slice(0, 100))} is not read by andwait-print, and its rules would not hold. Give them with --settings, or in the machine's managed settings file`;
}

function turnsProblem(turns: string | undefined): string | undefined {
  const flag = FLAGS.find(({ names }) => names.includes('--max-turns'));
  if (turns === undefined || flag === undefined) return undefined;
  return turns.trim() !== '' && Number.isFinite(Number(turns))
    ? undefined
    : `${invalidArgument(flag, turns)} must be a number`;
}

function budgetProblem(amount: string | undefined): string | undefined {
  const flag = FLAGS.find(({ names }) => names.includes('--max-budget-usd'));
  if (amount === undefined || flag === undefined) return undefined;
  return Number.isFinite(Number(amount)) && Number(amount) > 0
    ? undefined
    : `${invalidArgument(flag, amount)} --max-budget-usd must be a number greater than 0`;
}

function configRootProblem(dir: string | undefined): string | undefined {
  return dir === undefined || path.isAbsolute(dir)
    ? undefined
    : `Error: --project-config-root must be an absolute local path, not ${JSON.stringify(dir)}`;
}

function formatProblem(options: CheckedOptions): string | undefined {
  const { inputFormat, outputFormat, verbose, includesPieces, replaysUserMessages } = options;
  const streamsOut = outputFormat === 'stream-json';
  const streamsIn = inputFormat === 'stream-json';
  if (streamsIn && !streamsOut) {
    return 'Error: --input-format=stream-json requires output-format=stream-json.';
  }
  if (replaysUserMessages && !(streamsIn && streamsOut)) {
    return 'Error: --replay-user-messages requires both --input-format=stream-json and --output-format=stream-json.';
  }
  if (includesPieces && !streamsOut) {
    return 'Error: --include-partial-messages requires --print and --output-format=stream-json.';
  }
  return streamsOut && !verbose
    ? 'Error: When using --print, --output-format=stream-json requires --verbose'
    : undefined;
}

function sessionProblem(id: string | undefined): string | undefined {
  return id === undefined || isUuid(id) ? undefined : 'Error: Invalid session ID. Must be a valid UUID.';
}
