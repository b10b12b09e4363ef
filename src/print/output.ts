/** Writes a session's events in the form that was asked for: every event, the result alone, or its text. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { AgentEvent } from '../wire/events/event.ts';
import { isResultEvent } from '../wire/events/event.ts';
import type { OutputFormat } from './flags/flag-table.ts';

/** Contract: `write` resolves when the reader has room for more; after `end` every byte is with the operating system. */
export interface EventOutput {
  write(event: AgentEvent): Promise<void>;
  end(): Promise<void>;
}

export async function openOutput(
  stdout: Writable,
  { outputFormat, verbose }: { readonly outputFormat: OutputFormat; readonly verbose: boolean },
): Promise<EventOutput> {
  if (outputFormat === 'text') return new TextOutput(stdout);
  const { stringify } = (await import('ndjson')).default;
  const lines = stringify();
  lines.pipe(stdout, { end: false });
  const all = new LineOutput(lines, stdout);
  if (outputFormat === 'stream-json') return all;
  return verbose ? new ArrayOutput(all) : new ResultOutput(all);
}

/** NDJSON, one write a line. */
class LineOutput implements EventOutput {
  readonly #lines: Writable;
  readonly #stdout: Writable;

  constructor(lines: Writable, stdout: Writable) {
    this.#lines = lines;
    this.#stdout = stdout;
  }

  async write(event: AgentEvent | readonly AgentEvent[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#lines.write(event, (error) => (error ? reject(error) : resolve()));
    });
  }

  async end(): Promise<void> {
    this.#lines.end();
    await finished(this.#lines);
    await flush(this.#stdout, '');
  }
}

/** `json`: the last result, as one line. */
class ResultOutput implements EventOutput {
  readonly #lines: LineOutput;
  #last: AgentEvent | undefined;

  constructor(lines: LineOutput) {
    this.#lines = lines;
  }

  async write(event: AgentEvent): Promise<void> {
    if (isResultEvent(event)) this.#last = event;
  }

  async end(): Promise<void> {
    if (this.#last !== undefined) await this.#lines.write(this.#last);
    await this.#lines.end();
  }
}

/** `json` with `--verbose`: all events, as one array on one line. */
class ArrayOutput implements EventOutput {
  readonly #lines: LineOutput;
  readonly #events: AgentEvent[] = [];

  constructor(lines: LineOutput) {
    this.#lines = lines;
  }

  async write(event: AgentEvent): Promise<void> {
    this.#events.push(event);
  }

  async end(): Promise<void> {
    if (this.#events.length > 0) await this.#lines.write(this.#events);
    await this.#lines.end();
  }
}

class TextOutput implements EventOutput {
  readonly #stdout: Writable;

  constructor(stdout: Writable) {
    this.#stdout = stdout;
  }

  async write(event: AgentEvent): Promise<void> {
    if (isResultEvent(event)) await flush(this.#stdout, textOfResult(event));
  }

  async end(): Promise<void> {
    await flush(this.#stdout, '');
  }
}

/** Measured to the byte: an error of a limit or the schema ends without a line feed. */
function textOfResult(event: AgentEvent): string {
  const text = event['result'];
  if (typeof text === 'string') return text.endsWith('\n') ? text : `${text}\n`;
  switch (event['subtype']) {
    case 'error_max_turns':
      return `Error: Reached max turns (${/\((.*)\)/.exec(firstError(event))?.[1]})`;
    case 'error_max_budget_usd':
      return `Error: Exceeded USD budget (${/\(\$(.*)\)/.exec(firstError(event))?.[1]})`;
    case 'error_during_execution':
      return 'Execution error';
    default:
      return `Error: ${firstError(event)}`;
  }
}

function firstError(event: AgentEvent): string {
  const errors = event['errors'];
  return Array.isArray(errors) ? String(errors[0]) : '';
}

/** A write of nothing still waits for those before it. */
async function flush(stdout: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
