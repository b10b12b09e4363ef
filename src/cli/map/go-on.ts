/** What to do about a map that did not do all: its input is not kept, so the person has to give it again, unless a joblog is it. */
import { shWord } from '../shell-words.ts';
import type { MapCommandLine } from './map-options.ts';

/** `argv`: of this very command; the items of a joblog are there for it as they were. `raisedCaps`: flags that come last, and so count. */
export function goOn(
  { joblog }: MapCommandLine,
  runId: string,
  argv: readonly string[],
  raisedCaps = '',
): string {
  if (joblog?.use !== 'retry-failed')
    return `go on with the same input: andwait map --resume ${runId}${raisedCaps}`;
  return `go on by the joblog: andwait ${argv.map(shWord).join(' ')}${raisedCaps}`;
}
