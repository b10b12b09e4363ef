/** The command lines of `andwait run` and `andwait resume`, each parsed once into a complete, readonly value. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { defaultOptions, type RunOptions, type TreeChoice } from '../../core/run.ts';
import { queueChosen } from '../../launch/queue-chosen.ts';
import type { Reuse } from '../../pool/run-state.ts';
import type { QueueUrl } from '../../queue/queue-url.ts';
import { type CapFlags, capsSaid } from '../command-line/cap-flags.ts';
import { pairOf, secondsOf, wordOf } from '../command-line/option-values.ts';
import { checkedFailOn } from '../fail-on.ts';
import type { OUTPUTS, ResumeFlags, RunFlags, SettingFlags } from './run-flags.ts';

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
  /** Other hosts run its agents, and take them from there. */
  readonly queue?: QueueUrl | undefined;
  /** What they start from, where it is said. */
  readonly tree?: TreeChoice | undefined;
  readonly cwd: string | undefined;
  readonly options: RunOptions;
}

export interface ResumeCommandLine extends RunDisplay, ArgsOptions {
  /** `undefined`: the newest. */
  readonly run: string | undefined;
  /** A run of Claude Code to go on with instead: folder, session or run. */
  readonly fromClaude: string | undefined;
  readonly cwd: string | undefined;
  readonly script: string | undefined;
  readonly reuse: Reuse;
  readonly dryRun: boolean;
  /** As it is typed: what is not said falls back to the last attempt's. */
  readonly queue: string | undefined;
  readonly tree: TreeChoice | undefined;
  /** The recorded options, with what this command line changes. */
  readonly options: (recorded: RunOptions) => RunOptions;
}

export function runCommandLine(
  parsed: RunFlags,
  { cores, env }: Pick<Program, 'cores' | 'env'>,
): RunCommandLine {
  const { file, cwd, tree } = parsed;
  const queue = queueChosen(parsed.queue, env);
  // What this host's cores carry says nothing of others.
  const base = defaultOptions(queue === undefined ? cores : Number.POSITIVE_INFINITY);
  const options = optionsOver(base, parsed);
  return { ...shared(withText(parsed)), file, cwd, queue, tree, options: withQueue(options, queue) };
}

/** Whether other hosts carry it out, for whoever goes on with it. */
export function withQueue(options: RunOptions, queue: QueueUrl | undefined): RunOptions {
  return queue === undefined ? options : { ...options, queue: queue.masked };
}

export function resumeCommandLine(parsed: ResumeFlags): ResumeCommandLine {
  const { run, script, reuse, cwd, last, queue, tree, 'from-claude': fromClaude } = parsed;
  if (fromClaude !== undefined && (last || run !== undefined)) {
    const other = last ? '--last' : JSON.stringify(run);
    throw new UserError(`both ${other} and --from-claude say which run to resume; give one of them`);
  }
  if (last && run !== undefined) {
    throw new UserError(`both ${JSON.stringify(run)} and --last say which run to resume; give one of them`);
  }
  if (!last && run === undefined && fromClaude === undefined) {
    throw new UserError('say which run to resume: its id, or --last; `andwait list` shows them');
  }
  const options = (recorded: RunOptions) => {
    const { rehearse, ...changed } = optionsOver(recorded, parsed);
    return { ...changed, rehearse: rehearse && !parsed['no-rehearse'] };
  };
  const dryRun = parsed['dry-run'];
  return { ...shared(parsed), run, fromClaude, script, reuse, cwd, dryRun, queue, tree, options };
}

/** `andwait run FILE --resume RUN`: the other way to say `andwait resume RUN --script FILE`. */
export function resumeByFile(parsed: RunFlags, run: string): ResumeCommandLine {
  const { file, cwd, queue, tree } = parsed;
  const options = (recorded: RunOptions) => optionsOver(recorded, parsed);
  return {
    ...shared(withText(parsed)),
    run,
    fromClaude: undefined,
    script: file,
    reuse: 'content',
    cwd,
    dryRun: false,
    queue,
    tree,
    options,
  };
}

/** Plain text is one more way to give `args`. */
function withText(parsed: RunFlags): RunFlags {
  const { text, args, arg = [] } = parsed;
  if (text === undefined) return parsed;
  if (args === undefined && arg.length === 0) return { ...parsed, args: JSON.stringify(text) };
  const both = `both ${JSON.stringify(text)} and ${args === undefined ? `--arg ${arg[0]}` : '--args'} say what the script is given`;
  if (args !== undefined) throw new UserError(`${both}; give one of them`);
  throw new UserError(
    `${both}, and a text by itself is all of it; give the text a name, too, as in --arg question=…: the script, or its README, says which`,
  );
}

function shared({ args, arg, output, quiet }: SettingFlags): RunDisplay & ArgsOptions {
  return { args, arg: arg ?? [], output, quiet };
}

type OptionFlags = Partial<
  Pick<
    SettingFlags,
    | 'agent'
    | 'allowed-tools'
    | 'delay'
    | 'effort'
    | 'fail-on'
    | 'idle-timeout'
    | 'model'
    | 'model-for'
    | 'permission-mode'
    | 'rehearse'
    | 'timeout'
    | 'wait-for-quota'
  >
> &
  CapFlags;

export function optionsOver(base: RunOptions, parsed: OptionFlags): RunOptions {
  const delay = delayOf(parsed.delay) ?? base.delay;
  const waitForQuota = parsed['wait-for-quota'] ?? base.waitForQuota;
  const failOn = checkedFailOn(parsed['fail-on']) ?? base.failOn;
  const modelFor = (parsed['model-for'] ?? []).map((entry) => pairOf('--model-for', entry, 'PHASE=MODEL'));
  const timeoutSeconds = secondsOf('--timeout', parsed.timeout);
  const idleMs = idleMsOf(parsed['idle-timeout']);
  return {
    caps: { ...base.caps, ...capsSaid(parsed) },
    agent: parsed.agent ?? base.agent,
    rehearse: parsed.rehearse ?? base.rehearse,
    model: wordOf('--model', parsed.model) ?? base.model,
    effort: parsed.effort ?? base.effort,
    modelFor: { ...base.modelFor, ...Object.fromEntries(modelFor) },
    permissionMode: parsed['permission-mode'] ?? base.permissionMode,
    allowedTools: parsed['allowed-tools'] ?? base.allowedTools,
    timeoutMs: timeoutSeconds === undefined ? base.timeoutMs : timeoutSeconds * 1000,
    idleMs: idleMs === undefined ? (base.idleMs ?? null) : idleMs,
    ...(delay === undefined ? {} : { delay }),
    ...(waitForQuota === undefined ? {} : { waitForQuota }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(base.session === undefined ? {} : { session: base.session }),
    ...(base.tree === undefined ? {} : { tree: base.tree }),
  };
}

/** `undefined`: nothing is said. */
export function idleMsOf(text: string | undefined): number | null | undefined {
  if (text === 'off') return null;
  const seconds = secondsOf('--idle-timeout', text);
  return seconds === undefined ? undefined : seconds * 1000;
}

function delayOf(text: string | undefined): RunOptions['delay'] {
  if (text === 'auto') return 'auto';
  const seconds = text === '0' ? 0 : secondsOf('--delay', text);
  return seconds === undefined ? undefined : seconds * 1000;
}
