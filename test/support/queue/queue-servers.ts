/** Real servers for queues, on sockets and ports of their own, which end with the test; or why there are none here. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import {
  type OwnServer,
  postgresFolder,
  redisServer,
  type ServerOptions,
  startPostgres,
  startRedis,
} from './own-server.mjs';

export interface ServerKind {
  readonly title: string;
  /** `undefined`: it can be started. */
  readonly missing: string | undefined;
  start(how?: Omit<ServerOptions, 'dir' | 'password'>): Promise<OwnServer>;
}

/** In every URL; what is shown, kept or sent on must not hold it. */
export const SERVER_PASSWORD = 'not-to-be-seen';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** A folder from which BullMQ is found; `undefined` where it is not installed. */
export function bullmqFolder(env: NodeJS.ProcessEnv): string | undefined {
  const candidates = [env['ANDWAIT_TEST_BULLMQ'], ROOT].filter((folder) => folder !== undefined);
  return candidates.find((folder) => found(path.join(folder, 'package.json'), 'bullmq') !== undefined);
}

function found(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** Why a queue whose server BullMQ reaches through `driver` cannot be opened; `undefined`: it can. */
function withoutEngine(env: NodeJS.ProcessEnv, driver: string): string | undefined {
  const folder = bullmqFolder(env);
  const bullmq = folder === undefined ? undefined : found(path.join(folder, 'package.json'), 'bullmq');
  if (bullmq === undefined) {
    return 'bullmq is not installed (ANDWAIT_TEST_BULLMQ names a folder that has it in node_modules)';
  }
  return found(bullmq, driver) === undefined ? `${driver} is not installed beside bullmq` : undefined;
}

/** A suite for each kind of server. Where one cannot be started, its suite is skipped, and `what` is said with the reason. */
export function describeServers(what: string, suite: (kind: ServerKind) => void): void {
  for (const kind of serverKinds(process.env)) {
    const { title, missing } = kind;
    if (missing === undefined) describe(title, () => suite(kind));
    else {
      // On stderr as well: reporters fold skipped tests away.
      process.stderr.write(`\n${what} on ${title}: ${missing}\n`);
      describe.skip(`${title}: ${missing}`, () => suite(kind));
    }
  }
}

function serverKinds(env: NodeJS.ProcessEnv): readonly ServerKind[] {
  const redis = redisServer();
  const postgres = postgresFolder();
  const untilOver = async (starting: Promise<OwnServer>): Promise<OwnServer> => {
    const server = await starting;
    onTestFinished(() => server.stop());
    return server;
  };
  const given = () => ({ dir: temporaryFolder(), password: SERVER_PASSWORD });
  return [
    {
      title: 'Redis',
      missing:
        withoutEngine(env, 'ioredis') ?? (redis === undefined ? 'redis-server is not installed' : undefined),
      start: (how = {}) => untilOver(startRedis(redis ?? '', { ...given(), ...how })),
    },
    {
      title: 'PostgreSQL',
      missing:
        withoutEngine(env, 'pg') ?? (postgres === undefined ? 'postgresql is not installed' : undefined),
      start: (how = {}) => untilOver(startPostgres(postgres ?? '', { ...given(), ...how })),
    },
  ];
}
