/** The worker of a host as the program that was built, on the queue of a test's own server. */
import {
  ANDWAIT,
  type Environment,
  endedWithTest,
  type Running,
  type ShellProject,
} from '../programs/shell-project.ts';
import { bullmqFolder } from './queue-servers.ts';

/** For clients and workers. */
export function queueEnv(url: string): Environment {
  return { ANDWAIT_QUEUE: url, ANDWAIT_QUEUE_ENGINE: bullmqFolder(process.env) };
}

export interface WorkerOptions {
  readonly env: Environment;
  readonly slots: number;
  readonly flags?: readonly string[];
  /** A command that runs the words after it where the host is. */
  readonly into?: readonly string[];
}

/** On the host whose state and agent the project holds. Resolves when it takes calls; killed with the test. */
export async function startWorker(
  host: ShellProject,
  { env, slots, flags = [], into = [] }: WorkerOptions,
): Promise<Running> {
  const words = ['worker', '--slots', `${slots}`, '--agent', 'claude', ...flags];
  const [file = '', ...args] = [...into, process.execPath, ANDWAIT, ...words];
  const worker = endedWithTest(host.startProgram(file, args, { env }));
  await worker.until('stderr', 'takes calls from');
  return worker;
}
