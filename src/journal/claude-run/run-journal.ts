/** Folds `journal.jsonl` of a run: which agents it started, and what each gave. Lines of other types are passed over. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { ClaudeCallEnd } from './claude-run.ts';
import { readOwnLines } from './own-files.ts';
import { textAt } from './told.ts';

export interface JournalledCall {
  /** The agent that answered, else the last that was started. */
  readonly agentId: string;
  readonly label: string | undefined;
  readonly phase: string | undefined;
  readonly end: ClaudeCallEnd;
}

export interface RunJournal {
  /** In the order they first started. */
  readonly calls: readonly JournalledCall[];
  readonly notices: readonly string[];
}

/** An id becomes part of a file's name: nothing else than a name may pass. */
const AGENT_ID = /^[\w-]{1,128}$/;

/** A run of the engine starts 1,000 agents at most; one that was gone on with often may hold some thousands. */
const MAX_CALLS = 20_000;

/** Throws `UnreadableFile`. */
export async function readRunJournal(file: string): Promise<RunJournal> {
  const calls = new Map<string, JournalledCall>();
  let unread = 0;
  let surplus = 0;
  for await (const items of readOwnLines(file)) {
    for (const item of items) {
      if (item.kind !== 'event') unread += 1;
      else if (!take(item.event, calls)) surplus += 1;
    }
  }
  const notices = [
    ...(unread === 0 ? [] : [`${file}: lines left out, cut off or too long to be read: ${unread}`]),
    ...(surplus === 0 ? [] : [`${file}: lines left out, beyond its first ${MAX_CALLS} agents: ${surplus}`]),
  ];
  return { calls: [...calls.values()], notices };
}

/** False: there is no room for it. A call that was run again, when the run was gone on with, has the key it had. */
function take(line: JsonObject, calls: Map<string, JournalledCall>): boolean {
  const type = textAt(line, 'type');
  const agentId = textAt(line, 'agentId');
  if (agentId === undefined || !AGENT_ID.test(agentId)) return true;
  const key = textAt(line, 'key') ?? agentId;
  const known = calls.get(key);
  if (known === undefined && calls.size >= MAX_CALLS) return false;
  const place = {
    agentId,
    label: textAt(line, 'label') ?? known?.label,
    phase: textAt(line, 'phase') ?? known?.phase,
  };
  switch (type) {
    case 'started':
      if (!isGood(known)) calls.set(key, { ...place, end: { kind: 'unfinished' } });
      break;
    case 'result':
      calls.set(key, { ...place, end: resultOf(line['result']) });
      break;
    case 'failed':
      if (!isGood(known)) calls.set(key, { ...place, end: failed('it failed without a word') });
      break;
  }
  return true;
}

/** What an agent once gave stays good, also when the engine ran it again and was cut off. */
function isGood(call: JournalledCall | undefined): boolean {
  return call?.end.kind === 'text' || call?.end.kind === 'structured';
}

function resultOf(result: Json | undefined): ClaudeCallEnd {
  if (typeof result === 'string') return { kind: 'text', text: result };
  if (isJsonObject(result)) return { kind: 'structured', value: result };
  return failed(`its result is neither text nor an object: ${JSON.stringify(result)?.slice(0, 80)}`);
}

function failed(message: string): ClaudeCallEnd {
  return { kind: 'failed', message, apiStatus: undefined };
}
