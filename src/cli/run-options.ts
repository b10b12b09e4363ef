/** The command lines of `andwait run` and `andwait resume`, each parsed once into a complete, readonly value. */
import type { Argv } from 'yargs';
import { EFFORTS } from '../core/call.ts';
import type { RunOptions } from '../core/run.ts';
import { DEFAULT_AGENT_CAP, defaultConcurrency } from '../core/run.ts';
import { REUSES, type Reuse } from '../pool/run-core.ts';
import { countOf, pairOf, secondsOf } from './option-values.ts';

const OUTPUTS = ['text', 'json', 'ndjson'] as const;
const AGENTS = ['auto', 'claude', 'print'] as const;
const PERMISSION_MODES = ['default', 'acceptEdits', 'plan', 'auto', 'dontAsk', 'bypassPermissions'] as const;

/** What the user wants to see. */
export interface RunDisplay {
  readonly output: (typeof OUTPUTS)[number];
  readonly quiet: boolean;
}

/** Where the script's `args` come from. */
export interface ArgsOptions {
  /** `--args`: JSON text, or `-` for stdin. */
  readonly args: string | undefined;
  /** `--arg k=v`, in order. */
  readonly arg: readonly string[];
}

export interface RunCommandLine extends RunDisplay, ArgsOptions {
  readonly file: string;
  readonly cwd: string | undefined;
  readonly options: RunOptions;
}

export interface ResumeCommandLine extends RunDisplay, ArgsOptions {
  /** `undefined`: the newest. */
  readonly run: string | undefined;
  readonly cwd: string | undefined;
  readonly script: string | undefined;
  readonly reuse: Reuse;
  readonly dryRun: boolean;
  /** The recorded options, with what this command line changes. */
  readonly options: (recorded: RunOptions) => RunOptions;
}

/** No defaults here: what is not said falls back to the built-in ones in a new run, and to the recorded ones in a resumed run. */
function defineSettings(yargs: Argv) {
  return yargs.options({
    args: {
      type: 'string',
      requiresArg: true,
      describe: 'value of `args`, as JSON; `-` reads it from stdin',
    },
    arg: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'one field of `args`, k=v, v as a string; repeatable',
    },
    concurrency: {
      alias: 'j',
      type: 'string',
      requiresArg: true,
      describe: 'agents alive at once [default: max(2, min(16, cores - 2))]',
    },
    'max-agents': {
      type: 'string',
      requiresArg: true,
      describe: `agents over the whole run [default: ${DEFAULT_AGENT_CAP}]`,
    },
    'budget-tokens': { type: 'string', requiresArg: true, describe: 'output tokens over the whole run' },
    model: { type: 'string', requiresArg: true, describe: 'model of every call that names none' },
    effort: { choices: EFFORTS, requiresArg: true, describe: 'effort of every call that names none' },
    'model-for': {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'PHASE=MODEL: model of a whole phase, whatever the script says; repeatable',
    },
    agent: {
      choices: AGENTS,
      requiresArg: true,
      describe: 'the program that answers: the real claude, or andwait-print [default: auto]',
    },
    rehearse: { type: 'boolean', describe: 'answer every agent with a sample: no model, no cost' },
    'permission-mode': {
      choices: PERMISSION_MODES,
      requiresArg: true,
      describe: 'what agents may do unasked [default: acceptEdits]',
    },
    'allowed-tools': {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'a tool agents may use unasked, as in Bash(npm test); repeatable',
    },
    timeout: { type: 'string', requiresArg: true, describe: 'seconds one agent may take' },
    cwd: { type: 'string', requiresArg: true, describe: 'folder the agents work in [default: this one]' },
    output: {
      choices: OUTPUTS,
      default: 'text',
      requiresArg: true,
      describe: 'stdout: the returned value, one JSON object, or events as they happen',
    },
    quiet: { alias: 'q', type: 'boolean', default: false, describe: 'nothing on stderr but errors' },
  } as const);
}

export function defineRunOptions(yargs: Argv) {
  return defineSettings(yargs).positional('file', {
    type: 'string',
    demandOption: true,
    describe: 'workflow script, or the name of a saved one',
  });
}

export function defineResumeOptions(yargs: Argv) {
  return defineSettings(yargs)
    .positional('run', { type: 'string', describe: 'id of a run, or the beginning of one' })
    .options({
      last: { type: 'boolean', default: false, describe: 'the newest run' },
      script: { type: 'string', requiresArg: true, describe: 'go on with this script instead' },
      reuse: {
        choices: REUSES,
        default: 'content',
        requiresArg: true,
        describe: 'which finished calls answer again: the same ones, those before the first new one, or none',
      },
      'dry-run': {
        type: 'boolean',
        default: false,
        describe: 'say which recorded calls could be reused, and run nothing',
      },
    } as const);
}

type Settings = Awaited<ReturnType<ReturnType<typeof defineSettings>['parse']>>;
type Run = Awaited<ReturnType<ReturnType<typeof defineRunOptions>['parse']>>;
type Resume = Awaited<ReturnType<ReturnType<typeof defineResumeOptions>['parse']>>;

export function runCommandLine(parsed: Run, cores: number): RunCommandLine {
  const { file, cwd } = parsed;
  return { ...shared(parsed), file, cwd, options: optionsOver(builtIn(cores), parsed) };
}

export function resumeCommandLine(parsed: Resume): ResumeCommandLine {
  const { run, script, reuse, cwd } = parsed;
  const options = (recorded: RunOptions) => optionsOver(recorded, parsed);
  return { ...shared(parsed), run, script, reuse, cwd, dryRun: parsed['dry-run'], options };
}

function shared({ args, arg, output, quiet }: Settings): RunDisplay & ArgsOptions {
  return { args, arg: arg ?? [], output, quiet };
}

function builtIn(cores: number): RunOptions {
  return {
    caps: { concurrency: defaultConcurrency(cores), agents: DEFAULT_AGENT_CAP, outputTokens: null },
    agent: 'auto',
    rehearse: false,
    model: undefined,
    effort: undefined,
    modelFor: {},
    permissionMode: 'acceptEdits',
    allowedTools: [],
    timeoutMs: null,
  };
}

function optionsOver(base: RunOptions, parsed: Settings): RunOptions {
  const modelFor = (parsed['model-for'] ?? []).map((entry) => pairOf('--model-for', entry, 'PHASE=MODEL'));
  const timeoutSeconds = secondsOf('--timeout', parsed.timeout);
  return {
    caps: {
      concurrency: countOf('--concurrency', parsed.concurrency) ?? base.caps.concurrency,
      agents: countOf('--max-agents', parsed['max-agents']) ?? base.caps.agents,
      outputTokens: countOf('--budget-tokens', parsed['budget-tokens']) ?? base.caps.outputTokens,
    },
    agent: parsed.agent ?? base.agent,
    rehearse: parsed.rehearse ?? base.rehearse,
    model: parsed.model ?? base.model,
    effort: parsed.effort ?? base.effort,
    modelFor: { ...base.modelFor, ...Object.fromEntries(modelFor) },
    permissionMode: parsed['permission-mode'] ?? base.permissionMode,
    allowedTools: parsed['allowed-tools'] ?? base.allowedTools,
    timeoutMs: timeoutSeconds === undefined ? base.timeoutMs : timeoutSeconds * 1000,
  };
}
