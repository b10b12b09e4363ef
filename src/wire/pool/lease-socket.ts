/** The connection that an agent inherits: as long as any process has it open, the agent's slot is taken. */
import { connect, type Socket } from 'node:net';
import type { LeaseTicket } from '../../core/ports.ts';
import { readMessages } from './message-lines.ts';
import { encodeMessage, POOL_PROTOCOL } from './pool-message.ts';

/**
 * Resolves with the connection once the broker knows whose slot it is. It is meant for `stdio` of a spawn, and is to be
 * destroyed right after it: `end` would shut down the agent's copy as well. Rejects when the broker is gone or does not
 * know the lease; the agent may then run without, and its process alone tells the broker that the slot is taken.
 */
export function attachLease({ socketPath, token, leaseId }: LeaseTicket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`the lease ${leaseId} could not be attached: ${why}`));
    };
    const onClose = (): void => fail('the broker closed the connection');
    socket.on('error', (error) => fail(error.message));
    socket.once('close', onClose);
    readMessages(socket, {
      message({ type }) {
        if (type !== 'leased') return fail(`the broker answered ${JSON.stringify(type)}`);
        socket.off('close', onClose);
        // Nothing follows; what does not read keeps no byte from the agent, and no reader keeps this process alive.
        socket.pause();
        resolve(socket);
      },
      malformed: (quote) => fail(`the broker answered ${JSON.stringify(quote)}`),
    });
    socket.write(encodeMessage({ type: 'lease', protocol: POOL_PROTOCOL, token, leaseId }));
  });
}
