/** Puts a run of Claude Code together from its journal, transcripts, session and closing record. */
import path from 'node:path';
import type { JsonObject } from '../../core/json.ts';
import type { RunStatus } from '../../core/run.ts';
import { readAgentTranscript } from './agent-transcript.ts';
import {
  type ClaudeCall,
  type ClaudeEnd,
  type ClaudePlace,
  type ClaudeProblem,
  type ClaudeRun,
  type ClaudeScript,
  problem,
} from './claude-run.ts';
import { namesIn, readOwnFile, statOwnFile, UnreadableFile } from './own-files.ts';
import { type JournalledCall, readRunJournal } from './run-journal.ts';
import { findLaunch } from './session-launch.ts';
import { type SignalProcess, sessionProcess } from './session-process.ts';
import { objectOf, objectsAt, textAt, timeAt } from './told.ts';

const MAX_RECORD_BYTES = 256 * 1024 * 1024;
const MAX_META_BYTES = 1024 * 1024;
/** More than the engine takes: a larger one is for the script check to refuse, with its reason. */
const MAX_SCRIPT_BYTES = 1024 * 1024;

export async function readClaudeRun(
  place: ClaudePlace,
  signal: SignalProcess,
): Promise<{ readonly kind: 'run'; readonly run: ClaudeRun } | ClaudeProblem> {
  try {
    return { kind: 'run', run: await readPlace(place, signal) };
  } catch (error) {
    if (error instanceof UnreadableFile)
      return problem('unreadable', `${error.message}; nothing was taken over`);
    throw error;
  }
}

async function readPlace(place: ClaudePlace, signal: SignalProcess): Promise<ClaudeRun> {
  const { runId, runDir, sessionDir } = place;
  const journal = await readRunJournal(path.join(runDir, 'journal.jsonl'));
  const record = objectOf(await readOwnFile(closingRecordFile(place), MAX_RECORD_BYTES));
  const launch = await findLaunch(`${sessionDir}.jsonl`, runId);
  const errors = errorsByAgent(record);
  const calls: ClaudeCall[] = [];
  for (const call of journal.calls) calls.push(await callOf(call, runDir, errors.get(call.agentId)));
  const end = endOf(record, calls);
  const lost = calls.filter(({ transcript, end }) => transcript.prompt === undefined && isGood(end)).length;
  return {
    place,
    script: await scriptOf(place, record),
    args: launch?.input ? { value: launch.input.args } : record && { value: record['args'] },
    cwd: launch?.cwd ?? sharedFolder(calls),
    version: versionIn([launch?.version, ...calls.map(({ transcript }) => transcript.version)]),
    end,
    pid: end === undefined ? await sessionProcess(place, signal) : undefined,
    calls,
    notices: [
      ...journal.notices,
      ...(lost === 0
        ? []
        : [`finished agents whose prompt no transcript tells, so that they run again: ${lost}`]),
    ],
  };
}

/** Written when a run ends. */
function closingRecordFile({ sessionDir, runId }: ClaudePlace): string {
  return path.join(sessionDir, 'workflows', `${runId}.json`);
}

const CHILD_PHASE = '▸ ';
/** What the engine calls an agent that was given no type. */
const NO_AGENT_TYPE = 'workflow-subagent';

async function callOf(
  { agentId, label, phase, end }: JournalledCall,
  runDir: string,
  error: string | undefined,
): Promise<ClaudeCall> {
  const transcript = await readAgentTranscript(path.join(runDir, `agent-${agentId}.jsonl`));
  const meta = objectOf(await readOwnFile(path.join(runDir, `agent-${agentId}.meta.json`), MAX_META_BYTES));
  const isChild = phase?.startsWith(CHILD_PHASE);
  const agentType = textAt(meta, 'agentType');
  const told =
    transcript.error ?? (error === undefined ? undefined : { message: error, apiStatus: undefined });
  return {
    agentId,
    label,
    phase: isChild ? undefined : phase,
    workflow: isChild ? phase?.slice(CHILD_PHASE.length) : undefined,
    isolation: meta?.['spawnedWithWorktree'] === true ? 'worktree' : undefined,
    model: textAt(meta, 'model') ?? transcript.model,
    agentType: agentType === NO_AGENT_TYPE ? null : agentType,
    transcript,
    end: end.kind === 'failed' && told !== undefined ? { ...end, ...told } : end,
  };
}

function isGood(end: ClaudeCall['end']): boolean {
  return end.kind === 'text' || end.kind === 'structured';
}

/** The journal says only that an agent failed; the closing record says why. */
function errorsByAgent(record: JsonObject | undefined): Map<string, string> {
  const agents = objectsAt(record, 'workflowProgress');
  return new Map(
    agents.flatMap((agent) => {
      const id = textAt(agent, 'agentId');
      const error = textAt(agent, 'error');
      return id === undefined || error === undefined ? [] : [[id, error] as const];
    }),
  );
}

/** The file the engine offers for editing; where several bear the run's name, the one changed last. */
async function scriptOf(
  { sessionDir, runId }: ClaudePlace,
  record: JsonObject | undefined,
): Promise<ClaudeScript | undefined> {
  const dir = path.join(sessionDir, 'workflows', 'scripts');
  const names = (await namesIn(dir, 'files')).filter((name) => name.endsWith(`-${runId}.js`));
  let latest: { readonly file: string; readonly mtimeMs: number } | undefined;
  for (const name of names) {
    const file = path.join(dir, name);
    const { mtimeMs = 0 } = (await statOwnFile(file)) ?? {};
    if (latest === undefined || mtimeMs > latest.mtimeMs) latest = { file, mtimeMs };
  }
  const bytes = latest && (await readOwnFile(latest.file, MAX_SCRIPT_BYTES));
  if (latest && bytes) return { file: latest.file, bytes };
  const text = textAt(record, 'script');
  return text === undefined ? undefined : { file: path.join(dir, `${runId}.js`), bytes: Buffer.from(text) };
}

/** It becomes part of a name that is told to terminals. */
const VERSION = /^[\w.+-]{1,40}$/;

function versionIn(told: readonly (string | undefined)[]): string | undefined {
  return told.find((version) => version !== undefined && VERSION.test(version));
}

/** Agents in working trees of their own are somewhere else. */
function sharedFolder(calls: readonly ClaudeCall[]): string | undefined {
  return calls.find(({ isolation, transcript }) => isolation === undefined && transcript.cwd !== undefined)
    ?.transcript.cwd;
}

/** A run that was gone on with keeps its record of the first end until it ends again. */
function endOf(record: JsonObject | undefined, calls: readonly ClaudeCall[]): ClaudeEnd | undefined {
  const at = timeAt(record, 'timestamp');
  const endMs = at ?? Number.POSITIVE_INFINITY;
  const wentOn = calls.some(({ transcript }) => (transcript.firstAt ?? 0) > endMs);
  if (record === undefined || wentOn) return undefined;
  return { status: STATUSES.get(textAt(record, 'status') ?? '') ?? 'stopped', at };
}

const STATUSES: ReadonlyMap<string, RunStatus> = new Map([
  ['completed', 'completed'],
  ['failed', 'failed'],
]);
