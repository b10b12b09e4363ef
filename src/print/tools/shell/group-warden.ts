/**
 * Ends what commands left behind when the program ends, however that comes, `kill -9` included: a shell of its own that
 * holds the other end of a pipe, knows the process groups, and ends them once the pipe closes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** It outlives us by as long as the groups take to end. `kill` is the shell's own: nothing else is started. */
const SCRIPT = `trap '' HUP INT TERM PIPE
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
alive=
for group in $groups; do kill -TERM -"$group" && alive=1; done
[ -n "$alive" ] || exit 0
sleep 0.5
for group in $groups; do kill -KILL -"$group"; done`;

export class GroupWarden {
  #warden: ChildProcess | undefined;
  readonly #groups = new Set<number>();

  /** From now on the group ends with us. */
  watch(group: number): void {
    this.#warden ??= this.#start();
    this.#groups.add(group);
    this.#tell(`+ ${group}`);
  }

  /** Groups of which nothing is left are forgotten: their numbers may come to mean another. */
  forgetEnded(kill: (pid: number, signal: 0) => void): void {
    for (const group of this.#groups) {
      if (isAlive(group, kill)) continue;
      this.#groups.delete(group);
      this.#tell(`- ${group}`);
    }
  }

  #start(): ChildProcess {
    const warden = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // A session of its own: what ends our group is not to end it.
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
    });
    // Without it commands still run; only a kill of ours would leave theirs behind.
    warden.on('error', () => {});
    warden.stdin?.on('error', () => {});
    warden.unref();
    (warden.stdin as Socket | null)?.unref();
    return warden;
  }

  #tell(line: string): void {
    const stdin = this.#warden?.stdin;
    if (stdin?.writable) stdin.write(`${line}\n`);
  }
}

function isAlive(group: number, kill: (pid: number, signal: 0) => void): boolean {
  try {
    kill(-group, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
