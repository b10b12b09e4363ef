/** The flags of `andwait run` and `andwait resume`, and what `--help` says of each. Values are checked where they are used. */
import type { Argv } from 'yargs';
import { EFFORTS } from '../../core/call.ts';
import { TREE_CHOICES } from '../../core/run.ts';
import { REUSES } from '../../pool/run-state.ts';
import { CI_FLAGS, JOBLOG_FLAG } from '../ci/ci-flags.ts';
import { capFlags } from '../command-line/cap-flags.ts';
import { TEXT, TEXTS } from '../command-line/flag-kinds.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { FAIL_ON_HELP } from '../fail-on.ts';

export const OUTPUTS = ['text', 'json', 'ndjson'] as const;
const AGENTS = ['auto', 'claude', 'print'] as const;
const PERMISSION_MODES = ['default', 'acceptEdits', 'plan', 'auto', 'dontAsk', 'bypassPermissions'] as const;

const INPUT = 'Script and input:';
export const ANSWERS = 'Agents:';
export const LIMITS = 'Limits:';
export const TELLING = 'Output:';

/** Of `andwait exec` as well. */
export const WAIT_FOR_QUOTA =
  'when the account is used up, wait and go on once it is not; else the run ends with 75, to be resumed';

/** What `andwait map` takes as well. */
export const AGENT_FLAGS = {
  cwd: { ...TEXT, group: INPUT, describe: 'folder the agents work in [default: this one]' },
  agent: {
    choices: AGENTS,
    requiresArg: true,
    group: ANSWERS,
    describe: `the program that answers: ${AGENTS.join(', ')}; auto, the default, takes the real claude where there is one`,
  },
  rehearse: {
    type: 'boolean',
    group: ANSWERS,
    describe: 'answer every agent with a sample: no model, no cost',
  },
  model: { ...TEXT, group: ANSWERS, describe: 'model of every call that names none' },
  effort: {
    choices: EFFORTS,
    requiresArg: true,
    group: ANSWERS,
    describe: `effort of every call that names none: ${EFFORTS.join(', ')}`,
  },
  'permission-mode': {
    choices: PERMISSION_MODES,
    requiresArg: true,
    group: ANSWERS,
    describe: `what agents may do unasked: ${PERMISSION_MODES.join(', ')} [default: acceptEdits]`,
  },
  'allowed-tools': {
    ...TEXTS,
    group: ANSWERS,
    describe: 'a tool agents may use unasked, as in Bash(npm test); repeatable',
  },
  timeout: { ...TEXT, group: LIMITS, describe: 'seconds one agent may take' },
  'idle-timeout': {
    ...TEXT,
    group: LIMITS,
    describe:
      'seconds an agent may say nothing while no tool of its runs, or off: it is then ended and asked once more [default: 3600]',
  },
  delay: {
    ...TEXT,
    group: LIMITS,
    describe:
      'seconds between the starts of two agents; auto: the first of each kind goes ahead, and the others find its cache',
  },
  'wait-for-quota': {
    type: 'boolean',
    group: LIMITS,
    describe: WAIT_FOR_QUOTA,
  },
  quiet: {
    alias: 'q',
    type: 'boolean',
    default: false,
    group: TELLING,
    describe: 'nothing on stderr but errors',
  },
} as const;

/** No defaults here: what is not said falls back to the built-in ones in a new run, and to the recorded ones in a resumed run. */
function defineSettings(yargs: Argv) {
  return yargs.options({
    args: { ...TEXT, group: INPUT, describe: 'JSON: the script’s `args`; - reads it from stdin' },
    arg: { ...TEXTS, group: INPUT, describe: 'name=value: one field of `args`, as a string; repeatable' },
    ...AGENT_FLAGS,
    queue: {
      ...TEXT,
      group: ANSWERS,
      describe:
        'run the agents on the hosts whose `andwait worker` takes from this queue, 16 at once unless -j says otherwise: redis://… or postgres://…; off: here [default: $ANDWAIT_QUEUE]',
    },
    tree: {
      choices: TREE_CHOICES,
      requiresArg: true,
      group: ANSWERS,
      describe:
        'what agents on other hosts start from: committed, the last commit; as-is, the files as they are; none, the folder each host has for them [default: committed, where nothing is uncommitted]',
    },
    'model-for': {
      ...TEXTS,
      group: ANSWERS,
      describe: 'PHASE=MODEL: model of a whole phase, whatever the script says; repeatable',
    },
    ...capFlags(LIMITS),
    'fail-on': {
      ...TEXT,
      group: TELLING,
      describe: `exit 3 instead of 0: ${FAIL_ON_HELP} [default: when every call failed]`,
    },
    output: {
      choices: OUTPUTS,
      default: 'text',
      requiresArg: true,
      group: TELLING,
      describe:
        'what stdout gets: text, the returned value (the default); json, one object; ndjson, events as they happen, that object last',
    },
    ...CI_FLAGS,
    ...JOBLOG_FLAG,
  } as const);
}

export function defineRunFlags(yargs: Argv) {
  return defineSettings(yargs)
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'workflow script, or the name of a saved one',
    })
    .positional('text', {
      type: 'string',
      describe: 'its args as plain text: andwait run /deep-research "a question"',
    })
    .options({
      resume: {
        ...TEXT,
        group: INPUT,
        describe: 'go on with this run, as `andwait resume RUN --script FILE` does',
      },
    } as const);
}

export function defineResumeFlags(yargs: Argv) {
  return defineSettings(yargs)
    .positional('run', { type: 'string', describe: 'id of a run, or the beginning of one' })
    .options({
      last: { type: 'boolean', default: false, group: INPUT, describe: 'the newest run' },
      'from-claude': {
        ...TEXT,
        group: INPUT,
        describe:
          'go on with a run that Claude Code began: its folder, its id (wf_…), its session or project',
      },
      script: {
        ...TEXT,
        group: INPUT,
        describe: 'go on with this script; else with the copy in the run’s folder, perhaps edited',
      },
      reuse: {
        choices: REUSES,
        default: 'content',
        requiresArg: true,
        group: ANSWERS,
        describe:
          'which finished calls answer again: content, all that are the same (the default); prefix, those before the first that is new; none',
      },
      'no-rehearse': {
        type: 'boolean',
        default: false,
        group: ANSWERS,
        describe: 'go on with a rehearsed run for real',
      },
      'dry-run': {
        type: 'boolean',
        default: false,
        group: TELLING,
        describe: 'say which recorded calls could be reused, and run nothing',
      },
    } as const)
    .epilogue('What is not given stays as it was in the last attempt.');
}

export type SettingFlags = Parsed<typeof defineSettings>;
export type RunFlags = Parsed<typeof defineRunFlags>;
export type ResumeFlags = Parsed<typeof defineResumeFlags>;
