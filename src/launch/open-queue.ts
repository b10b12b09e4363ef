/** The queue that other hosts take calls from: its engine, loaded and reached before anything is made. */
import { hostname } from 'node:os';
import { EXIT, UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { openBullmq } from '../queue/bullmq/bullmq-engine.ts';
import { loadBullmq } from '../queue/bullmq/bullmq-module.ts';
import type { QueueEngine } from '../queue/queue-engine.ts';
import type { QueueUrl } from '../queue/queue-url.ts';

/** A folder beside whose `node_modules` BullMQ lies, where it is not installed with andwait. */
const ANDWAIT_QUEUE_ENGINE = 'ANDWAIT_QUEUE_ENGINE';

export async function openQueue(
  url: QueueUrl,
  { env, distDir, clock }: Pick<Program, 'env' | 'distDir' | 'clock'>,
): Promise<QueueEngine> {
  const elsewhere = env[ANDWAIT_QUEUE_ENGINE];
  const bullmq = loadBullmq(url, [...(elsewhere ? [elsewhere] : []), distDir]);
  try {
    return await openBullmq({ url, bullmq, clock, host: hostname() });
  } catch (error) {
    throw new UserError(
      `the queue ${url.masked} cannot be reached: ${(error as Error).message}`,
      EXIT.capped,
    );
  }
}
