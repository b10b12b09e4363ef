import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { attachLease } from '../../../../src/wire/pool/lease-socket.ts';
import { POOL_PROTOCOL } from '../../../../src/wire/pool/pool-message.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Answers the first bytes of every connection with `answer`, or hangs up. */
async function brokerThat(answer: string | undefined) {
  const socketPath = path.join(temporaryFolder(), 's.sock');
  const said: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('data', (chunk) => {
      said.push(chunk.toString());
      if (answer === undefined) socket.destroy();
      else socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { ticket: { socketPath, token: 'T', leaseId: 'L' }, said };
}

test('says whose slot it is, and hands over the connection once the broker knows', async () => {
  const { ticket, said } = await brokerThat('{"type":"leased"}\n');
  const socket = await attachLease(ticket);
  expect(said.map((line) => JSON.parse(line))).toEqual([
    { type: 'lease', protocol: POOL_PROTOCOL, token: 'T', leaseId: 'L' },
  ]);
  expect(socket.destroyed).toBe(false);
  expect(socket.isPaused()).toBe(true);
  socket.destroy();
});

test.each([
  ['hangs up', undefined, 'closed the connection'],
  ['refuses', '{"type":"unwelcome","reason":"token","message":"no"}\n', 'unwelcome'],
  ['says what is no message', 'oops\n', 'oops'],
])('a broker that %s gives no lease', async (_name, answer, words) => {
  const { ticket } = await brokerThat(answer);
  await expect(attachLease(ticket)).rejects.toThrow(words);
});

test('without a broker there is none', async () => {
  const socketPath = path.join(temporaryFolder(), 'none.sock');
  await expect(attachLease({ socketPath, token: 'T', leaseId: 'L' })).rejects.toThrow('ENOENT');
});
