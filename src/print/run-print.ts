/** Runs one call to its end: whatever comes first of an answer, a signal, or a reader that goes away. */
import type { AgentEvent } from '../wire/events/event.ts';
import { openOutput } from './output.ts';
import { readPrompt } from './read-prompt.ts';
import { refuse } from './refuse.ts';
import type { ConversationRequest } from './request.ts';
import { exitCodeOf } from './result-exit.ts';
import { Ended, Ending, Interrupted } from './session/ending.ts';

/** Interrupted before there was a turn that could have ended by a result. */
const EXIT_INTERRUPTED = 130;

/** One start of the program. */
type Start = Pick<ConversationRequest, 'program' | 'options' | 'loadRunner'>;

export async function runUntilEnded(start: Start): Promise<number> {
  const { program } = start;
  using ending = new Ending(program);
  try {
    return await Promise.race([run(start, ending.signal), ending.ended]);
  } catch (error) {
    if (error instanceof Ended) return error.exitCode;
    if (error instanceof Interrupted) return EXIT_INTERRUPTED;
    throw error;
  } finally {
    // An open stdin would keep this process alive after its work is done.
    if (program.stdin.isTTY !== true) program.stdin.destroy();
  }
}

async function run(start: Start, signal: AbortSignal): Promise<number> {
  const { program, options } = start;
  if (options.inputFormat === 'stream-json') return await runFromStream(start, signal);
  const warn = (text: string): void => void program.stderr.write(`${text}\n`);
  const { stdin, clock } = program;
  const reading = await readPrompt({ argument: options.prompt, stdin, clock, warn }, signal);
  if (reading.kind === 'error') return refuse(program, reading.message);
  const output = await openOutput(program.stdout, options);
  const emit = async (event: AgentEvent): Promise<void> => await output.write(event);
  const { runRequest } = options.rehearse ? await import('./rehearse.ts') : await import('./converse.ts');
  const outcome = await runRequest({ ...start, prompt: reading.prompt, emit, signal });
  await output.end();
  if (outcome.kind === 'refused') return refuse(program, outcome.message);
  return exitCodeOf(outcome.result, signal);
}

async function runFromStream(start: Start, signal: AbortSignal): Promise<number> {
  const { program, options } = start;
  const { runStream } = await import('./control/run-stream.ts');
  const output = await openOutput(program.stdout, options);
  const emit = async (event: AgentEvent): Promise<void> => await output.write(event);
  const code = await runStream({ ...start, emit, signal });
  await output.end();
  return code;
}
