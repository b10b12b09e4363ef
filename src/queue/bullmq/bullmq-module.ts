/** BullMQ, found where andwait is installed and loaded only when a queue is asked for. Its types are told here as far as they are used: whoever has no queue has no BullMQ. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { EXIT, UserError } from '../../core/exit.ts';
import type { QueueUrl } from '../queue-url.ts';

export interface BullJob {
  readonly id: string | undefined;
  readonly data: unknown;
  readonly progress: unknown;
  readonly returnvalue: unknown;
  readonly failedReason: string | undefined;
  remove(): Promise<void>;
  updateData(data: object): Promise<void>;
  updateProgress(progress: object): Promise<void>;
  moveToWait(token: string): Promise<unknown>;
  moveToCompleted(value: object, token: string, fetchNext: boolean): Promise<unknown>;
}

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

interface Closable extends Emitter {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BullQueue extends Closable {
  add(name: string, data: object, options: object): Promise<BullJob>;
  getJob(id: string): Promise<BullJob | undefined>;
  getJobState(id: string): Promise<string>;
  remove(id: string): Promise<unknown>;
  getGlobalConcurrency(): Promise<number | null>;
  setGlobalConcurrency(count: number): Promise<unknown>;
  setGlobalRateLimit(max: number, durationMs: number): Promise<unknown>;
  getGlobalRateLimit(): Promise<{ readonly max: number; readonly duration: number } | null>;
  /** Removes jobs of that state that were added more than `olderThanMs` ago. */
  clean(olderThanMs: number, limit: number, state: string): Promise<unknown>;
}

export interface BullEvents extends Closable {}

export interface BullProducer extends Closable {
  publishEvent(event: object): Promise<void>;
}

export interface BullWorker extends Closable {
  concurrency: number;
  isPaused(): boolean;
  close(force?: boolean): Promise<void>;
  pause(doNotWait?: boolean): Promise<void>;
  resume(): Promise<void>;
}

export type BullProcessor = (job: BullJob, token: string) => Promise<unknown>;

/** As far as it is known to us; another version may have none of it. */
interface Tried {
  waitUntilReady?: () => Promise<unknown>;
  /** The try that is remembered. */
  readyPromise?: unknown;
}

export interface BullBackend extends Tried {
  readonly connection?: Tried;
}

export type BackendFactory = (...given: readonly unknown[]) => BullBackend;

export interface Bullmq {
  readonly Queue: new (name: string, options: object, backend?: unknown) => BullQueue;
  readonly QueueEvents: new (name: string, options: object, backend?: unknown) => BullEvents;
  readonly QueueEventsProducer: new (name: string, options: object, backend?: unknown) => BullProducer;
  readonly Worker: new (
    name: string,
    processor: BullProcessor,
    options: object,
    backend?: unknown,
  ) => BullWorker;
  readonly WaitingError: new (message?: string) => Error;
  readonly createPostgresBackend: BackendFactory;
}

const DRIVERS = { redis: 'ioredis', postgres: 'pg' } as const;
const LEAST_MAJOR = 6;

/** `from`: folders from which it is looked for, as Node does. Throws `UserError` when it, or its driver, is not installed. */
export function loadBullmq({ kind }: QueueUrl, from: readonly string[]): Bullmq {
  const driver = DRIVERS[kind];
  for (const folder of from) {
    const require = createRequire(path.join(folder, 'package.json'));
    try {
      require.resolve('bullmq');
    } catch {
      continue;
    }
    requireVersion(require);
    const beside = createRequire(require.resolve('bullmq'));
    try {
      beside.resolve(driver);
    } catch {
      throw new UserError(
        `a ${kind} queue needs the package ${driver} beside bullmq, and there is none; install it: ${installed(driver)}`,
        EXIT.usage,
      );
    }
    return require('bullmq') as Bullmq;
  }
  throw new UserError(
    `a queue needs the package bullmq, which is not installed beside andwait (looked from ${from.join(', ')}); install it: ${installed(driver)}`,
    EXIT.usage,
  );
}

function installed(driver: string): string {
  return `npm install -g bullmq@6 ${driver}, or without -g where andwait is installed in a project`;
}

function requireVersion(require: NodeJS.Require): void {
  const { version } = require('bullmq/package.json') as { readonly version: string };
  if (Number(version.split('.')[0]) >= LEAST_MAJOR) return;
  throw new UserError(`bullmq ${version} is installed; a queue needs version ${LEAST_MAJOR} or newer`);
}
