/** The flags of `andwait map`, and what `--help` says of each. Where GNU parallel has a flag, it has its name and its meaning. */
import type { Argv } from 'yargs';
import { INPUT_KINDS } from '../../workflow/map/map-item.ts';
import { CI_FLAGS } from '../ci/ci-flags.ts';
import { capFlags } from '../command-line/cap-flags.ts';
import { TEXT } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { FAIL_ON_HELP } from '../fail-on.ts';
import { AGENT_FLAGS, ANSWERS, LIMITS, TELLING } from '../run/run-flags.ts';

export const MAP_OUTPUTS = ['ndjson', 'text'] as const;

const INPUT = 'Input:';
const AGAIN = 'Failures, and going on:';

export function defineMapFlags(yargs: Argv) {
  return yargs
    .positional('template', {
      type: 'string',
      describe:
        'the prompt of each item: {} is the line or record, {#} its number, {name} a field; without any of them {} comes last',
    })
    .options({
      ...AGENT_FLAGS,
      ...CI_FLAGS,
      cwd: { ...AGENT_FLAGS.cwd, group: INPUT },
      input: {
        choices: INPUT_KINDS,
        requiresArg: true,
        group: INPUT,
        describe:
          'what stdin holds (empty lines are skipped and not numbered): lines; nul, texts that each end with a NUL byte, as from git ls-files -z and find -print0; ndjson, a JSON value a line; tsv or csv with a header [default: ndjson when the first line is a JSON object, else lines]',
      },
      schema: {
        ...TEXT,
        group: ANSWERS,
        describe: 'FILE or JSON: a JSON Schema that each answer must match',
      },
      ...capFlags(LIMITS, 'default: no limit'),
      output: {
        choices: MAP_OUTPUTS,
        requiresArg: true,
        group: TELLING,
        describe: 'what stdout gets: ndjson, one record an item (the default); text, the answers alone',
      },
      'keep-order': {
        alias: 'k',
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'in the order of the input; else as they come',
      },
      tag: {
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'with --output text: the item and a tab before each line',
      },
      results: { ...TEXT, group: TELLING, describe: 'folder that gets a folder of files for each item' },
      joblog: {
        ...TEXT,
        group: TELLING,
        describe: 'file that gets a line for each item, as GNU parallel writes it',
      },
      bar: {
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'a progress bar, where stderr is a terminal',
      },
      eta: {
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'the bar, with the time that is left',
      },
      'dry-run': {
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'print the prompts, and run nothing',
      },
      retries: { ...TEXT, group: AGAIN, describe: 'how often a failing item is tried, in all [default: 1]' },
      halt: {
        ...TEXT,
        group: AGAIN,
        describe:
          'WHEN,WHAT=LIMIT: end early. WHEN: soon, now; WHAT: fail, success, done; LIMIT: a number, or N% of those that ended',
      },
      'fail-on': {
        ...TEXT,
        group: AGAIN,
        describe: `exit 3 instead of 0, items for calls: ${FAIL_ON_HELP} [default: 1]`,
      },
      resume: {
        type: 'string',
        group: AGAIN,
        describe:
          'without a value: leave out the items in the --joblog; RUN: go on with that run, its answers are reused',
      },
      'no-rehearse': {
        type: 'boolean',
        default: false,
        group: AGAIN,
        describe: 'go on with a rehearsed run for real',
      },
      // Understood, to say why not.
      queue: { ...TEXT, hidden: true },
      'resume-failed': {
        type: 'boolean',
        default: false,
        group: AGAIN,
        describe: 'as --resume, and the items that failed run again',
      },
      'retry-failed': {
        type: 'boolean',
        default: false,
        group: AGAIN,
        describe:
          'run the items that failed by the --joblog again, with the prompts it has of them; stdin is not read',
      },
    } as const)
    .epilogue(
      'One record an item: seq, input, outcome (reply, or why not), value, error, usage, costUsd, durationMs, call.\nExit: 0 all well, 3 items failed (--fail-on), 75 a cap ended it, 2 refused before it ran.',
    );
}

export type MapFlags = Parsed<typeof defineMapFlags>;
