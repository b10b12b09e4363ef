/** What `andwait run` writes on stdout: the returned value, one object, or events as they happen. */
import { finished } from 'node:stream/promises';
import ndjson from 'ndjson';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import type { RunResult } from '../../core/run.ts';
import { flushed, saidOn } from '../print-lines.ts';

export interface RunOutput {
  event(event: RunEvent): void;
  /** Writes the end and resolves when it has left this process, or can't. */
  end(result: RunResult): Promise<void>;
}

export function runOutput(form: 'text' | 'json' | 'ndjson', stdout: Program['stdout']): RunOutput {
  switch (form) {
    case 'text':
      return onlyTheEnd(stdout, (result) => (hasReturned(result) ? returnedText(result) : ''));
    case 'json':
      return onlyTheEnd(stdout, (result) => `${JSON.stringify(result)}\n`);
    case 'ndjson':
      return everyEvent(stdout);
  }
}

/** Its script came to an end: also one that went on without what a cap had refused it. */
export function hasReturned({ status, error }: RunResult): boolean {
  return status === 'completed' || (status === 'capped' && error === null);
}

/** A string raw, so that it can be piped; anything else as JSON. */
export function returnedText({ result }: RunResult): string {
  if (typeof result !== 'string') return `${JSON.stringify(result)}\n`;
  return result.endsWith('\n') ? result : `${result}\n`;
}

function onlyTheEnd(stdout: Program['stdout'], format: (result: RunResult) => string): RunOutput {
  return {
    event: () => undefined,
    end: async (result) => {
      stdout.write(saidOn(stdout, format(result)));
      await flushed(stdout);
    },
  };
}

function everyEvent(stdout: Program['stdout']): RunOutput {
  const lines = ndjson.stringify();
  // A reader that went away is the interruption's business, not the encoder's.
  lines.on('data', (line: string) => stdout.write(saidOn(stdout, line)));
  return {
    event: (event) => void lines.write(event),
    end: async (result) => {
      lines.end(result);
      await finished(lines);
      await flushed(stdout);
    },
  };
}
