/** The value of the script's `args`, from `--args`, `--arg` and stdin, as JSON text. */
import { addAbortSignal, type Readable } from 'node:stream';
import { UserError } from '../../core/exit.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { pairOf } from '../command-line/option-values.ts';
import type { ArgsOptions } from './run-options.ts';

/** `undefined` when none were given. */
export async function scriptArgs(
  { args, arg }: ArgsOptions,
  stdin: Readable,
  signal: AbortSignal,
): Promise<Json | undefined> {
  const text = args === '-' ? await textOn(stdin, 'stdin (--args -)', signal) : args;
  const whole = text === undefined ? undefined : parse(text, args === '-' ? 'stdin (--args -)' : '--args');
  if (arg.length === 0) return whole;
  const fields = Object.fromEntries(arg.map((entry) => pairOf('--arg', entry, 'k=v')));
  if (whole === undefined) return fields;
  if (isJsonObject(whole)) return { ...whole, ...fields };
  throw new UserError(`--arg adds fields to an object, but --args is ${quoted(text ?? '')}`);
}

/** Rejects with the signal's reason: a pipe that nobody ends must not outlast a Ctrl-C. */
export async function textOn(stream: Readable, name: string, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of addAbortSignal(signal, stream)) chunks.push(Buffer.from(chunk));
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError(`${name} cannot be read: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The contract takes a string that holds JSON for what it holds; a bare word on the command line is a mistake more often. */
function parse(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UserError(
      `${source} is not JSON: ${(error as Error).message}\n  received: ${quoted(text)}\n  for plain text write --arg name=value, or put it behind the script's name`,
    );
  }
}

function quoted(text: string): string {
  return text.length > 120
    ? `${JSON.stringify(text.slice(0, 120))} … (${text.length} characters)`
    : JSON.stringify(text);
}
