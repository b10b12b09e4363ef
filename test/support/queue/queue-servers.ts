/** Real servers for queues, on sockets and ports of their own, which end with the test; or why there are none here. */
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';

export interface QueueServer {
  readonly url: string;
}

export interface ServerKind {
  readonly title: string;
  /** `undefined`: it can be started. */
  readonly missing: string | undefined;
  start(): Promise<QueueServer>;
}

/** In every URL; what is shown, kept or sent on must not hold it. */
export const SERVER_PASSWORD = 'not-to-be-seen';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** A folder from which BullMQ is found; `undefined` where it is not installed. */
export function bullmqFolder(env: NodeJS.ProcessEnv): string | undefined {
  const candidates = [env['ANDWAIT_TEST_BULLMQ'], ROOT].filter((folder) => folder !== undefined);
  return candidates.find((folder) => {
    try {
      createRequire(path.join(folder, 'package.json')).resolve('bullmq');
      return true;
    } catch {
      return false;
    }
  });
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
  const noEngine =
    bullmqFolder(env) === undefined
      ? 'bullmq is not installed (ANDWAIT_TEST_BULLMQ names a folder that has it in node_modules)'
      : undefined;
  const redis = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((file) => existsSync(file));
  const postgres = postgresFolder();
  return [
    {
      title: 'Redis',
      missing: noEngine ?? (redis === undefined ? 'redis-server is not installed' : undefined),
      start: () => startRedis(redis ?? ''),
    },
    {
      title: 'PostgreSQL',
      missing: noEngine ?? (postgres === undefined ? 'postgresql is not installed' : undefined),
      start: () => startPostgres(postgres ?? ''),
    },
  ];
}

async function startRedis(program: string): Promise<QueueServer> {
  const port = await freePort();
  const dir = temporaryFolder();
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir];
  start(program, [...place, '--save', '', '--daemonize', 'no', '--requirepass', SERVER_PASSWORD], {});
  await listening(port);
  return { url: `redis://:${SERVER_PASSWORD}@127.0.0.1:${port}` };
}

async function startPostgres(bin: string): Promise<QueueServer> {
  const port = await freePort();
  const dir = temporaryFolder();
  const data = path.join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  const as = nobody();
  if (as.uid !== undefined) for (const each of [dir, data]) chownSync(each, as.uid, as.gid ?? as.uid);
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const options = { ...as, env, cwd: dir, stdio: 'ignore' } as const;
  execFileSync(path.join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'andwait', '--no-sync'], options);
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'fsync=off',
    '-c',
    `unix_socket_directories=${dir}`,
  ];
  start(path.join(bin, 'postgres'), ['-D', data, '-p', `${port}`, ...settings], options);
  await listening(port);
  // It listens before it lets anybody in.
  const ready = [
    path.join(bin, 'pg_isready'),
    ['-h', '127.0.0.1', '-p', `${port}`, '-t', '10'],
    options,
  ] as const;
  for (let look = 0; look < 100; look++) {
    try {
      execFileSync(...ready);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return { url: `postgres://andwait:${SERVER_PASSWORD}@127.0.0.1:${port}/postgres` };
}

/** PostgreSQL does not run as root. */
function nobody(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function postgresFolder(): string | undefined {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base) : [];
  const folders = versions.map((version) => path.join(base, version, 'bin'));
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')));
}

function start(program: string, args: readonly string[], options: SpawnOptions): void {
  const child = spawn(program, args, { ...options, stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // PostgreSQL's immediate stop; Redis has nothing to save.
    child.kill(program.endsWith('postgres') ? 'SIGQUIT' : 'SIGKILL');
    await gone;
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number): Promise<void> {
  for (let look = 0; look < 200; look++) {
    const socket = net.connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}
