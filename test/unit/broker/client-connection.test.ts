import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ClientConnection, type ConnectionHost } from '../../../src/broker/client-connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TOKEN = 'a'.repeat(64);

/** A server whose clients get one connection object each, and a client of it. */
async function connected(over: Partial<ConnectionHost> = {}) {
  const socketPath = path.join(temporaryFolder(), 's');
  const errors: Error[] = [];
  let closed = (): void => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  let welcomed: (connection: ClientConnection) => void = () => {};
  const connection = new Promise<ClientConnection>((resolve) => {
    welcomed = resolve;
  });
  const host: ConnectionHost = {
    token: TOKEN,
    pid: 1,
    isEnding: false,
    slots: 1,
    after: () => () => {},
    welcome: (_hello, made) => {
      welcomed(made);
      return { message: () => {}, closed };
    },
    lease: () => false,
    fail: (error) => errors.push(error),
    ...over,
  };
  const server = net.createServer((socket) => void new ClientConnection(socket, host));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const socket = net.connect(socketPath);
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const hello = {
    type: 'hello',
    protocol: 2,
    version: '0',
    token: TOKEN,
    client: { pid: 1, startTicks: null },
  };
  socket.write(`${JSON.stringify(hello)}\n`);
  return { socket, connection, isClosed, errors };
}

test('a client that does not read is cut, before it fills our memory', async () => {
  const { socket, connection, isClosed } = await connected();
  socket.pause();
  const to = await connection;
  const message = 'x'.repeat(1024 * 1024);
  // 64 MiB may wait; the system's own buffers hold less than one of these.
  for (let megabytes = 0; megabytes < 70; megabytes += 1) {
    to.send({ type: 'failed', seq: megabytes, reason: 'refused', message });
  }
  await isClosed;
});

test('a broker that is ending says so, and takes nobody in', async () => {
  const { socket } = await connected({ isEnding: true });
  const [heard] = await new Promise<string[]>((resolve) => {
    socket.on('data', (chunk: Buffer) => resolve([chunk.toString()]));
  });
  expect(JSON.parse(heard ?? '')).toMatchObject({ type: 'unwelcome', reason: 'ending' });
});

test('a bug while a message is carried out is told, not thrown into the socket', async () => {
  const listener = {
    message: () => {
      throw new Error('a bug');
    },
    closed: () => {},
  };
  const { socket, errors, isClosed } = await connected({
    welcome: () => listener,
    fail: (error) => {
      errors.push(error);
      socket.destroy();
    },
  });
  void isClosed;
  socket.write(`${JSON.stringify({ type: 'status', seq: 1 })}\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  expect(errors.map(({ message }) => message)).toEqual(['a bug']);
});
