/** Redis and PostgreSQL on folders and ports of their own, whoever else's run on the machine. Plain JavaScript: the bench, too, starts them. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LOCAL = '127.0.0.1';
const LOOK_MS = 50;
const LOOKS = 400;

export function redisServer() {
  return ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((file) => existsSync(file));
}

export function postgresFolder() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base) : [];
  const folders = versions.map((version) => path.join(base, version, 'bin'));
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')));
}

export async function startRedis(program, { dir, password, address = LOCAL, namespace, appendOnly = false }) {
  const port = await freePort();
  const socket = path.join(dir, 'redis.sock');
  const place = ['--port', `${port}`, '--bind', address, '--dir', dir, '--unixsocket', socket];
  const keeping = ['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--daemonize', 'no'];
  return await started(`redis://:${password}@${address}:${port}`, 'SIGKILL', {
    start: () => spawnIn(namespace, {}, program, [...place, ...keeping, '--requirepass', password], {}),
    isReady: () => isListening(socket),
  });
}

export async function startPostgres(bin, { dir, password, address = LOCAL, namespace }) {
  const port = await freePort();
  const data = path.join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  const as = notRoot();
  if (as.uid !== undefined) for (const each of [dir, data]) chownSync(each, as.uid, as.gid);
  const options = { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, cwd: dir, stdio: 'ignore' };
  const files = ['-D', data, '-A', 'trust', '-U', 'andwait', '--no-sync'];
  execFileSync(path.join(bin, 'initdb'), files, { ...options, ...as });
  if (address !== LOCAL) {
    appendFileSync(path.join(data, 'pg_hba.conf'), 'host all all samenet trust\n');
  }
  const settings = [`listen_addresses=${address}`, 'fsync=off', `unix_socket_directories=${dir}`];
  const said = settings.flatMap((setting) => ['-c', setting]);
  const ready = ['-h', dir, '-p', `${port}`, '-t', '10'];
  // SIGQUIT is its immediate stop.
  return await started(`postgres://andwait:${password}@${address}:${port}/postgres`, 'SIGQUIT', {
    start: () =>
      spawnIn(namespace, as, path.join(bin, 'postgres'), ['-D', data, '-p', `${port}`, ...said], options),
    isReady: () => isDone(path.join(bin, 'pg_isready'), ready, options),
  });
}

async function started(url, stopSignal, { start, isReady }) {
  let child;
  const server = {
    url,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(stopSignal);
      await gone;
    },
    startAgain: async () => {
      child = start();
      for (let look = 0; look < LOOKS; look += 1) {
        if (await isReady()) return;
        if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
        await pause(LOOK_MS);
      }
      await server.stop();
      throw new Error(`${child.spawnfile} does not let anybody in`);
    },
  };
  await server.startAgain();
  return server;
}

/** `as`: PostgreSQL does not run as root, and only root enters a namespace. */
function spawnIn(namespace, as, program, args, options) {
  if (namespace === undefined) return spawn(program, args, { stdio: 'ignore', ...options, ...as });
  const user = as.uid === undefined ? [] : ['--setuid', `${as.uid}`, '--setgid', `${as.gid}`];
  const into = [`--net=/run/netns/${namespace}`, ...user, '--', program, ...args];
  return spawn('nsenter', into, { stdio: 'ignore', ...options });
}

function notRoot() {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort() {
  const server = net.createServer().listen(0, LOCAL);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function isListening(socket) {
  const connection = net.connect(socket);
  const is = await new Promise((resolve) => {
    connection.once('connect', () => resolve(true));
    connection.once('error', () => resolve(false));
  });
  connection.destroy();
  return is;
}

function isDone(program, args, options) {
  try {
    execFileSync(program, args, options);
    return true;
  } catch {
    return false;
  }
}
