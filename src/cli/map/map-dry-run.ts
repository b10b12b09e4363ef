/** `andwait map --dry-run`: what each agent would be asked, without asking. */
import type { Program } from '../../core/program.ts';
import { printLines } from '../print-lines.ts';
import { INVALID_INPUT } from './map-record.ts';
import type { MapSource } from './map-source.ts';

/** The prompts as they are; with `--output ndjson` one record an item. Returns the exit code. */
export async function printPrompts(
  source: MapSource,
  output: 'ndjson' | 'text' | undefined,
  program: Program,
  signal: AbortSignal,
): Promise<number> {
  return await printLines(
    program,
    output === 'ndjson' ? records(source, signal) : prompts(source, program, signal),
  );
}

async function* prompts(
  { template, items }: MapSource,
  { stderr }: Program,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const item of items(signal)) {
    const rendered = template.render(item);
    if (rendered.kind === 'prompt') yield rendered.prompt;
    else stderr.write(`andwait: ${rendered.message}\n`);
  }
}

async function* records({ template, items }: MapSource, signal: AbortSignal): AsyncGenerator<string> {
  for await (const item of items(signal)) {
    const { seq, input } = item;
    const rendered = template.render(item);
    yield JSON.stringify(
      rendered.kind === 'prompt'
        ? { seq, input, prompt: rendered.prompt }
        : { seq, input, outcome: INVALID_INPUT, error: rendered.message },
    );
  }
}
