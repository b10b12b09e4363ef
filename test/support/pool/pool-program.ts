/** A program as the pool's client needs it, with the environment of a test. */
import type { PoolProgram } from '../../../src/broker/client/pool-client.ts';
import { DIST } from '../programs/run-in-process.ts';
import { systemClock } from '../system-clock.ts';

export function poolProgram(env: Readonly<Record<string, string>>): PoolProgram {
  return {
    env,
    clock: systemClock,
    random: Math.random,
    nodePath: process.execPath,
    distDir: DIST,
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    homeDir: env['HOME'],
  };
}
