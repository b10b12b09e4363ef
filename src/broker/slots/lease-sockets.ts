/** The connections that agents inherited: nothing on them is read, only that they close. */
import type { Socket } from 'node:net';

export class LeaseSockets {
  readonly #byLease = new Map<string, Set<Socket>>();

  /** `closed` is called once. */
  add(leaseId: string, socket: Socket, closed: () => void): void {
    const sockets = this.#byLease.get(leaseId) ?? new Set();
    this.#byLease.set(leaseId, sockets.add(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#byLease.delete(leaseId);
      closed();
    });
  }

  cut(leaseId: string): void {
    for (const socket of this.#byLease.get(leaseId) ?? []) socket.destroy();
  }
}
