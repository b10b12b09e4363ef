/** The command line of `andwait new`, parsed once into a complete, readonly value. */
import { UserError } from '../../core/exit.ts';
import { defaultOptions, type RunOptions } from '../../core/run.ts';
import type { SaveOrder } from '../../workflow/saved/save-workflow.ts';
import { wordOf } from '../command-line/option-values.ts';
import { type ArgsOptions, optionsOver } from '../run/run-options.ts';
import type { NewFlags } from './new-flags.ts';

export interface NewCommandLine extends ArgsOptions {
  /** `undefined`: it comes on stdin. */
  readonly task: string | undefined;
  readonly name: string | undefined;
  readonly cwd: string | undefined;
  /** Of the run that may follow; the agent that writes has its own permissions and caps. */
  readonly options: RunOptions;
  readonly run: 'never' | 'ask' | 'unasked';
  readonly save: SaveOrder | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function newCommandLine(parsed: NewFlags, cores: number): NewCommandLine {
  const { args, arg, cwd, out, json, quiet, save, user, replace, yes, run } = parsed;
  if (user && !save) throw new UserError('--user says where to save; it goes with --save');
  if (replace && !save) throw new UserError('--replace says how to save; it goes with --save');
  if (save && out !== undefined)
    throw new UserError('both --save and --out say where it goes; give one of them');
  // What was typed as - comes as nothing from the parser.
  const task = parsed.task === '' ? undefined : parsed.task;
  if (task === undefined && args === '-') {
    throw new UserError('both the task and --args - are read from stdin; give the task as an argument');
  }
  return {
    task,
    name: wordOf('--name', parsed.name),
    cwd,
    args,
    arg: arg ?? [],
    options: optionsOver(defaultOptions(cores), parsed),
    run: yes ? 'unasked' : run ? 'ask' : 'never',
    save: save ? { place: user ? 'personal' : 'project', replace } : undefined,
    out: wordOf('--out', out),
    json,
    quiet,
  };
}
