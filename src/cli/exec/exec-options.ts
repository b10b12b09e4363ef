/** The command line of `andwait exec`: its own flags, and behind `--` a command that nobody but the system takes apart. */
import type { Argv } from 'yargs';
import { UserError } from '../../core/exit.ts';
import type { RunCaps } from '../../core/run.ts';
import { CI_FLAGS, JOBLOG_FLAG } from '../ci/ci-flags.ts';
import { type CapFlags, capFlags, capsSaid } from '../command-line/cap-flags.ts';
import { TEXT } from '../command-line/flag-kinds.ts';
import { secondsOf } from '../command-line/option-values.ts';
import type { Parsed } from '../command-line/parsed.ts';
import { checkedFailOn, FAIL_ON_HELP } from '../fail-on.ts';
import { WAIT_FOR_QUOTA } from '../run/run-flags.ts';
import { idleMsOf } from '../run/run-options.ts';

export function defineExecFlags(yargs: Argv) {
  return yargs
    .options({
      resume: {
        ...TEXT,
        describe:
          'go on with this run: calls that ended well are answered from its journal; without CMD, the recorded one',
      },
      cwd: { ...TEXT, describe: 'folder the command starts in [default: this one]' },
      ...capFlags(undefined),
      timeout: { ...TEXT, describe: 'seconds one call may take' },
      'idle-timeout': {
        ...TEXT,
        describe:
          'seconds a call may say nothing on stdout, or off; of --output-format stream-json, while no tool of its runs [default: off]',
      },
      'wait-for-quota': { type: 'boolean', describe: WAIT_FOR_QUOTA },
      'fail-on': {
        ...TEXT,
        describe: `exit 3 instead of 0: ${FAIL_ON_HELP} [default: off]`,
      },
      quiet: {
        alias: 'q',
        type: 'boolean',
        default: false,
        describe: 'nothing on stderr but errors; off a terminal, only failed calls are told of anyway',
      },
      ...CI_FLAGS,
      ...JOBLOG_FLAG,
    } as const)
    .epilogue('As in: andwait exec --max-agents 100 -- ./nightly.sh src');
}

export interface ExecCommandLine {
  /** Empty: the recorded one. */
  readonly command: readonly string[];
  readonly resume: string | undefined;
  readonly cwd: string | undefined;
  readonly caps: (recorded: RunCaps) => RunCaps;
  /** `undefined`: as recorded. */
  readonly timeoutMs: number | undefined;
  readonly idleMs: number | null | undefined;
  readonly waitForQuota: boolean | undefined;
  readonly failOn: string | undefined;
  readonly quiet: boolean;
}

export type ExecFlags = Pick<
  Parsed<typeof defineExecFlags>,
  'resume' | 'cwd' | 'timeout' | 'idle-timeout' | 'wait-for-quota' | 'fail-on' | 'quiet'
> &
  CapFlags;

/** `argv` whole: what stands behind `--` is taken from there as it was typed. */
export function execCommandLine(parsed: ExecFlags, argv: readonly string[]): ExecCommandLine {
  const at = argv.indexOf('--');
  const command = at < 0 ? [] : argv.slice(at + 1);
  const { resume, cwd, quiet, 'wait-for-quota': waitForQuota } = parsed;
  if (command.length === 0 && resume === undefined) {
    throw new UserError('exec needs a command behind `--`, as in: andwait exec -- ./nightly.sh');
  }
  if (command[0] === '') throw new UserError('the command behind `--` is empty; is a variable unset?');
  const said = capsSaid(parsed);
  const caps = (recorded: RunCaps): RunCaps => ({ ...recorded, ...said });
  const seconds = secondsOf('--timeout', parsed.timeout);
  const timeoutMs = seconds === undefined ? undefined : seconds * 1000;
  const idleMs = idleMsOf(parsed['idle-timeout']);
  const limits = { caps, timeoutMs, idleMs, waitForQuota };
  return { command, resume, cwd, ...limits, failOn: checkedFailOn(parsed['fail-on']), quiet };
}
