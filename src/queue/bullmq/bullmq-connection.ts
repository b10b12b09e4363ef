/** How BullMQ's parts reach the server. */
import type { QueueUrl } from '../queue-url.ts';
import type { Bullmq } from './bullmq-module.ts';
import { withFreshTries } from './steady-worker.ts';

/** Of everything andwait keeps on the server. */
const NAMESPACE = 'andwait';
/** BullMQ's own goes up to 20 s, which is more than a lock lasts. */
const RECONNECT_MS = 2000;

/** `retries`: of one command while the server is away; `null`: it waits until it is back. */
export function connectionOf(
  { url, bullmq }: { readonly url: QueueUrl; readonly bullmq: Bullmq },
  retries: number | null,
): [object, unknown] {
  if (url.kind === 'redis') {
    const retryStrategy = (tries: number): number => Math.min(tries * 200, RECONNECT_MS);
    const connection = { url: url.secret, maxRetriesPerRequest: retries, retryStrategy };
    return [{ connection, prefix: NAMESPACE }, undefined];
  }
  const connection = {
    connectionString: url.secret,
    schema: NAMESPACE,
    migrate: true,
    max: 4,
    keepAlive: true,
  };
  return [{ connection }, withFreshTries(bullmq.createPostgresBackend)];
}
