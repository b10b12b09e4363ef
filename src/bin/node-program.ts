/** Makes the real outside world: the one file where `process`, clocks and chance are taken from the running Node. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../core/ports.ts';
import type { Program } from '../core/program.ts';

const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** `entryUrl` is the `import.meta.url` of the program itself: shared chunks lie elsewhere. */
export function nodeProgram(entryUrl: string): Program {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    nodePath: process.execPath,
    distDir: path.dirname(fileURLToPath(entryUrl)),
    pid: process.pid,
    cores: os.availableParallelism(),
    uid: process.getuid?.() ?? 0,
    homeDir: homeDir(),
    kill: (pid, signal) => void process.kill(pid, signal),
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
  };
}

/** HOME, else the passwd entry, which a container's arbitrary uid may lack: then `os.userInfo` throws. */
function homeDir(): string | undefined {
  try {
    return process.env['HOME'] || os.userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
