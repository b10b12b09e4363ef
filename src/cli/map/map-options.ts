/** The command line of `andwait map`, parsed once into a complete, readonly value. */
import { UserError } from '../../core/exit.ts';
import { defaultOptions, type RunOptions } from '../../core/run.ts';
import type { HaltRule, ItemLimit } from '../../workflow/map/halt-rule.ts';
import type { InputKind } from '../../workflow/map/map-item.ts';
import { countOf } from '../command-line/option-values.ts';
import { optionsOver } from '../run/run-options.ts';
import type { MAP_OUTPUTS, MapFlags } from './map-flags.ts';

/** Input as long as a pipe goes on: what bounds a map is its input, unless somebody says otherwise. */
export const NO_AGENT_CAP = Number.MAX_SAFE_INTEGER;

/** Which items are left out, or come from elsewhere, by a joblog. */
export type JoblogUse = 'write' | 'resume' | 'resume-failed' | 'retry-failed';

export interface MapCommandLine {
  /** `undefined`: that of the run that is resumed; else each item is its own prompt. */
  readonly template: string | undefined;
  readonly input: InputKind | undefined;
  readonly cwd: string | undefined;
  /** File or JSON text. */
  readonly schema: string | undefined;
  readonly output: (typeof MAP_OUTPUTS)[number] | undefined;
  readonly quiet: boolean;
  readonly keepOrder: boolean;
  readonly tag: boolean;
  readonly resultsDir: string | undefined;
  readonly joblog: { readonly file: string; readonly use: JoblogUse } | undefined;
  readonly bar: boolean;
  readonly eta: boolean;
  readonly dryRun: boolean;
  readonly tries: number;
  readonly halt: HaltRule | undefined;
  /** A run whose recorded answers are reused. */
  readonly resumedRun: string | undefined;
  /** The recorded options, or the built-in ones, with what this command line changes. */
  readonly options: (base: RunOptions) => RunOptions;
  readonly newOptions: RunOptions;
}

export function mapCommandLine(parsed: MapFlags, cores: number): MapCommandLine {
  if (parsed.queue !== undefined && parsed.queue !== 'off') refuseQueue();
  const { resume, template } = untangled(parsed);
  const use = joblogUse(parsed, resume);
  const joblog = joblogOf(parsed, use);
  if (use === 'retry-failed') refuseTemplate(template);
  const base = defaultOptions(cores);
  const uncapped: RunOptions = { ...base, caps: { ...base.caps, agents: NO_AGENT_CAP } };
  if (parsed.tag && parsed.output !== 'text') {
    throw new UserError('--tag belongs to --output text; an ndjson record holds its input anyway');
  }
  return {
    template,
    input: parsed.input,
    cwd: parsed.cwd,
    schema: parsed.schema,
    output: parsed.output,
    quiet: parsed.quiet,
    keepOrder: parsed['keep-order'],
    tag: parsed.tag,
    resultsDir: parsed.results,
    joblog,
    bar: parsed.bar || parsed.eta,
    eta: parsed.eta,
    dryRun: parsed['dry-run'],
    tries: countOf('--retries', parsed.retries) ?? 1,
    halt: haltOf(parsed.halt ?? 'never'),
    resumedRun: resume === '' ? undefined : resume,
    options: (recorded) => {
      const { rehearse, ...changed } = optionsOver(recorded, parsed);
      return { ...changed, rehearse: rehearse && !parsed['no-rehearse'] };
    },
    newOptions: optionsOver(uncapped, parsed),
  };
}

/** A run's id, or the beginning of one. */
const RUN_ID = /^\d{4,8}(-\d*(-\w*)?)?$/;

interface Untangled {
  readonly resume: string | undefined;
  readonly template: string | undefined;
}

/** `--resume` has a value or none: `--resume 'Review {}'` is GNU parallel's way, with a template behind the switch. */
function untangled({ resume, template }: MapFlags): Untangled {
  if (resume === undefined || resume === '') return { resume, template };
  if (template !== undefined || RUN_ID.test(resume)) return { resume, template };
  // One that was mistyped would be paid for once an item, as the prompt of each.
  if (!/[\s{]/.test(resume) || /^\d{8}-/.test(resume)) {
    throw new UserError(
      `--resume ${JSON.stringify(resume)}: no id of a run, as \`andwait list\` shows them; to go on by a --joblog, --resume stands last on the line, or before a template as in --resume 'Review {}'`,
    );
  }
  return { resume: '', template: resume };
}

/** Without its URL, which may hold a password. */
function refuseQueue(): never {
  throw new UserError(
    '--queue: a map runs its agents on this host; `andwait run` has them run on many: parallel(args.map((item) => () => agent(item))) in a script, the items in --args',
  );
}

function refuseTemplate(template: string | undefined): void {
  if (template === undefined) return;
  throw new UserError(
    `--retry-failed takes the prompts from the joblog, so no template goes with it; received ${JSON.stringify(template)}; leave it out, or take --resume-failed, which reads stdin again`,
  );
}

function joblogUse(parsed: MapFlags, resume: string | undefined): JoblogUse {
  const uses = [
    ...(resume === '' ? (['resume'] as const) : []),
    ...(parsed['resume-failed'] ? (['resume-failed'] as const) : []),
    ...(parsed['retry-failed'] ? (['retry-failed'] as const) : []),
  ];
  const [use = 'write', other] = uses;
  if (other === undefined) return use;
  throw new UserError(`--${use} and --${other} exclude each other; give one of them`);
}

function joblogOf({ joblog }: MapFlags, use: JoblogUse): MapCommandLine['joblog'] {
  if (joblog !== undefined && joblog !== '') return { file: joblog, use };
  if (use === 'write' && joblog === undefined) return undefined;
  if (joblog === '') throw new UserError('--joblog "": expected a file');
  const run = use === 'resume' ? '; or say which run to go on with: --resume RUN' : '';
  throw new UserError(`--${use} goes by a joblog: say which with --joblog FILE${run}`);
}

function haltOf(text: string): HaltRule | undefined {
  if (text === 'never') return undefined;
  const [, when, what, limit] = /^(soon|now),(fail|success|done)=(.*)$/.exec(text) ?? [];
  if (text === 'never')
    throw new UserError('--halt never: that is what happens without --halt; leave it out');
  if (when === undefined || limit === undefined) {
    throw new UserError(
      `--halt ${JSON.stringify(text)}: expected soon or now, then what to count, as in now,fail=1 or soon,fail=10%`,
    );
  }
  return {
    when: when as HaltRule['when'],
    what: what as HaltRule['what'],
    limit: limitOf(limit, text),
  };
}

function limitOf(limit: string, text: string): ItemLimit {
  const [, count, percent] = /^(?:(\d+)|(\d+(?:\.\d+)?)%)$/.exec(limit) ?? [];
  if (Number(count) > 0) return { kind: 'count', count: Number(count) };
  if (Number(percent) > 0 && Number(percent) <= 100) return { kind: 'share', percent: Number(percent) };
  throw new UserError(
    `--halt ${JSON.stringify(text)}: expected a whole number above 0, or a share as in 10%, after the =`,
  );
}
