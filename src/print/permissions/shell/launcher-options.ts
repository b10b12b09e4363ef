/** The options of programs that start another one: enough to find where that one begins, and nothing that changes which it is. */

export interface LauncherOptions {
  /** Options alone: exact words, or letters that may stand together behind one dash. */
  readonly switches: readonly string[];
  readonly letters?: string;
  /** Options whose value is the next word, or stands behind `=`. */
  readonly valued: readonly string[];
  /** `-n5`: a letter with its value in one word. */
  readonly attached?: RegExp;
  /** Words between the options and the command: the duration of `timeout`. */
  readonly operands: number;
  /** `NAME=value` words before the command. */
  readonly takesVariables?: boolean;
  /** Adds words of its own that nobody knows yet. */
  readonly addsWords?: boolean;
}

const NONE: LauncherOptions = { switches: [], valued: [], operands: 0 };

export const LAUNCHERS: Readonly<Record<string, LauncherOptions>> = {
  timeout: {
    switches: ['--preserve-status', '--foreground', '--verbose', '-v', '-p', '-f'],
    valued: ['-k', '--kill-after', '-s', '--signal'],
    attached: /^(-k\d+(\.\d+)?[smhd]?|-s[A-Z0-9]+)$/,
    operands: 1,
  },
  nice: { switches: [], valued: ['-n', '--adjustment'], attached: /^(-n-?\d+|--?\d+)$/, operands: 0 },
  ionice: { switches: ['-t'], valued: ['-c', '-n'], attached: /^-[cn]\d$/, operands: 0 },
  nohup: NONE,
  time: { switches: ['-p'], valued: [], operands: 0 },
  command: { switches: ['-p'], valued: [], operands: 0 },
  builtin: NONE,
  setsid: { switches: ['-w', '--wait', '-f', '--fork', '-c', '--ctty'], valued: [], operands: 0 },
  stdbuf: {
    switches: [],
    valued: ['-i', '-o', '-e', '--input', '--output', '--error'],
    attached: /^-[ioe](0|L|\d+[KMG]?)$/,
    operands: 0,
  },
  env: {
    switches: ['-i', '-', '--ignore-environment'],
    valued: ['-u', '--unset'],
    operands: 0,
    takesVariables: true,
  },
  xargs: {
    switches: ['-0', '-r', '-t', '-x', '--null', '--no-run-if-empty', '--verbose', '--exit'],
    letters: '0rtx',
    valued: ['-n', '-P', '-L', '-s', '-d', '--max-args', '--max-procs', '--max-lines', '--delimiter'],
    attached: /^(-[nPLs]\d+|-d.+)$/s,
    operands: 0,
    addsWords: true,
  },
};

/** They start what their words say in ways that are not followed here: a rule has to name what they are to start. */
export const OPAQUE_LAUNCHERS: ReadonlySet<string> = new Set(
  `exec source . trap sudo doas su runuser pkexec watch parallel sem busybox toybox chroot unshare nsenter systemd-run flock script setpriv
  setarch strace ltrace gdb dbus-run-session unbuffer expect firejail bwrap proxychains proxychains4 torsocks caffeinate taskset
  numactl prlimit cgexec chrt faketime entr rlwrap screen tmux at batch ssh docker podman kubectl coproc npx bunx pnpx uvx
  direnv devbox nix-shell nix flatpak-spawn wsl cmd.exe powershell.exe pwsh make-wrapper ld.so start-stop-daemon`.split(
    /\s+/,
  ),
);

/** They change what later commands mean, or run text as code: alone they may be allowed by a rule, beside others never. */
export const STATE_CHANGERS: ReadonlySet<string> = new Set(
  'alias unalias source . hash enable shopt export declare typeset readonly local trap read mapfile readarray let exec bind complete compgen compopt fc unset eval getopts pushd popd dirs'.split(
    ' ',
  ),
);

export const SHELLS: ReadonlySet<string> = new Set([
  'bash',
  'sh',
  'dash',
  'zsh',
  'ksh',
  'ash',
  'fish',
  'csh',
  'tcsh',
]);
