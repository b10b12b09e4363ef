/** What `andwait map` writes: results folder, stdout, joblog, in this order, so that a logged item has its output. */
import type { Program } from '../../core/program.ts';
import type { ItemResult } from '../../workflow/map/ask-item.ts';
import { room, saidOn } from '../print-lines.ts';
import type { JoblogWriter } from './map-joblog.ts';
import { answerText, recordOf, taggedText } from './map-record.ts';
import { writeResults } from './map-results.ts';

export interface MapOutputOptions {
  readonly stdout: Program['stdout'];
  readonly output: 'ndjson' | 'text';
  readonly tag: boolean;
  readonly resultsDir: string | undefined;
  readonly joblog: JoblogWriter | undefined;
  /** Its reader is gone, or its disk is full: what comes now is told to nobody, and logged as told to nobody. */
  readonly isLost: () => boolean;
  /** Called before stdout gets something: the screen may show a bar there. */
  readonly before: () => void;
}

/** Resolves when there is room for more: a reader that takes its time slows the agents. */
export async function writeItem(result: ItemResult, options: MapOutputOptions): Promise<void> {
  const { stdout, output, tag, resultsDir, joblog, isLost, before } = options;
  const record = recordOf(result);
  if (resultsDir !== undefined) await writeResults(resultsDir, result, record);
  if (isLost() || stdout.destroyed) return;
  const text =
    output === 'ndjson' ? `${JSON.stringify(record)}\n` : tag ? taggedText(result) : answerText(result);
  if (text !== '') {
    before();
    if (!stdout.write(saidOn(stdout, text))) await room(stdout);
  }
  if (!isLost()) joblog?.add(result);
}
