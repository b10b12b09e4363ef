/** What the end of the script's process means, folded from facts: the first reason wins, then what V8 said, then the exit status. */
import type { BreakReason } from './script-world.ts';

export interface ChildBreak {
  readonly reason: BreakReason;
  readonly message: string;
}

export interface EndFacts {
  /** Why we killed it, if we did. */
  readonly breach: ChildBreak | undefined;
  /** It never started. */
  readonly spawnError: string | undefined;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The start of its stderr: the script cannot write there, only Node and V8 do. */
  readonly stderr: string;
  readonly heapMb: number;
}

/** V8 gives up in these words when a heap, a string or a table outgrows what it can hold. */
const OUT_OF_MEMORY = /out of memory|invalid (?:\w+ )?size error|Allocation failed|invalid table size/i;

export function breakOf(facts: EndFacts): ChildBreak {
  if (facts.breach !== undefined) return facts.breach;
  if (facts.spawnError !== undefined) {
    return crashed(`the script's process could not be started: ${facts.spawnError}`);
  }
  if (OUT_OF_MEMORY.test(facts.stderr)) {
    return { reason: 'memory', message: `the script needed more than its ${facts.heapMb} MB of memory` };
  }
  if (facts.signal === 'SIGKILL') {
    return crashed("the script's process was killed by SIGKILL, perhaps by a system short of memory");
  }
  const how = facts.signal === null ? `exited with ${facts.exitCode}` : `was ended by ${facts.signal}`;
  const said = facts.stderr.trim();
  return crashed(`the script's process ${how}${said === '' ? '' : `: ${said.slice(0, 500)}`}`);
}

function crashed(message: string): ChildBreak {
  return { reason: 'crashed', message };
}
