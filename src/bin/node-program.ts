/** Makes the real outside world: the one file where `process`, clocks and chance are taken from the running Node. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../core/exit.ts';
import type { Clock } from '../core/ports.ts';
import type { Program } from '../core/program.ts';
import { ANDWAIT_IGNORED, ignoredSignals } from './ignored-signals.ts';
import { systemChance } from './system-chance.ts';

const systemClock: Clock = {
  now: () => Date.now(),
  // Not `performance.now()`: the shim runs for every call, and loading that costs it a millisecond or two.
  monotonicMs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** `entryUrl` is the `import.meta.url` of the program itself: shared chunks lie elsewhere. */
export function nodeProgram(entryUrl: string): Program {
  const ignored = ignoredSignals(process.env[ANDWAIT_IGNORED], process.pid);
  delete process.env[ANDWAIT_IGNORED];
  // Node made each of them deadly again.
  for (const signal of ignored) process.on(signal, () => {});
  return {
    argv: process.argv.slice(2),
    env: process.env,
    // Asked for only where they are needed: the folder may be gone, and a stream once touched makes its pipe non-blocking
    // for everybody who shares it.
    get cwd() {
      return workingFolder();
    },
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    clock: systemClock,
    random: systemChance(),
    nodePath: process.execPath,
    distDir: path.dirname(fileURLToPath(entryUrl)),
    pid: process.pid,
    get cores() {
      return os.availableParallelism();
    },
    uid: process.getuid?.() ?? 0,
    homeDir: homeDir(),
    kill: (pid, signal) => void process.kill(pid, signal),
    ignoredSignals: ignored,
    onSignal(signal, listener) {
      if (ignored.includes(signal)) return () => {};
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
  };
}

/** Once told, Node remembers it: a folder that goes away later is still called what it was. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no longer exists (it was deleted or moved)' : `is hidden (${code})`;
    throw new UserError(`the working folder ${why}: cd to one that is there, and start again`);
  }
}

/** HOME, else the passwd entry, which a container's arbitrary uid may lack: then `os.userInfo` throws. */
function homeDir(): string | undefined {
  try {
    return process.env['HOME'] || os.userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
