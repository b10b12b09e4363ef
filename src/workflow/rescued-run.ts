/** Tells a run of Claude Code in the words of our journal: one attempt, its calls and their outcomes, to be found by prompt. */
import { failure, NO_ACCOUNT, type Outcome } from '../core/outcome.ts';
import type { RunOptions } from '../core/run.ts';
import type { ClaudeCall, ClaudeRun } from '../journal/claude-run/claude-run.ts';
import type { ImportedTranscript } from '../journal/claude-run/import-run.ts';
import { promptHash } from '../pool/content-hash.ts';
import type { JournalRecord, PromptMatch } from '../wire/records/record.ts';
import { defaultLabel } from './call-request.ts';

export interface RescuedRun {
  readonly records: readonly JournalRecord[];
  readonly transcripts: readonly ImportedTranscript[];
}

/** `at`: when its agents did not say when they ran. */
export function rescuedRun(run: ClaudeRun, options: RunOptions, at: number): RescuedRun {
  const attempt: JournalRecord = {
    type: 'attempt',
    attempt: 1,
    agent: `claude code ${run.version ?? 'of unknown version'} (rescued)`,
    rehearsal: false,
    script: 'script.js',
    args: run.args?.value,
    options,
    // Not a process of ours, and gone.
    pid: 0,
    at: run.calls[0]?.transcript.firstAt ?? at,
  };
  const calls = run.calls.map((call, index) => callRecords(call, index + 1, run, at));
  const end: JournalRecord[] = run.end
    ? [{ type: 'end', attempt: 1, status: run.end.status, at: run.end.at ?? at }]
    : [];
  return {
    records: [attempt, ...calls.flat(), ...end],
    transcripts: run.calls.flatMap((call, index) => transcriptOf(call, index + 1)),
  };
}

function callRecords(call: ClaudeCall, id: number, { place }: ClaudeRun, at: number): JournalRecord[] {
  const { transcript, end, isolation, model } = call;
  const { firstAt = at, lastAt = firstAt } = transcript;
  const key = `claude:${place.runId}:${id}`;
  const started: JournalRecord = {
    type: 'started',
    call: id,
    key,
    label: labelOf(call),
    phase: call.phase,
    workflow: call.workflow,
    model,
    effort: undefined,
    isolation,
    agentType: call.agentType ?? undefined,
    hasSchema: end.kind === 'structured',
    attempt: 1,
    at: firstAt,
  };
  const outcome = outcomeOf(call, place.sessionId);
  if (outcome === undefined) return [started];
  const durationMs = lastAt - firstAt;
  const match = matchOf(call);
  return [started, { type: 'outcome', call: id, key, outcome, ...match, durationMs, attempt: 1, at: lastAt }];
}

function labelOf({ label, transcript }: ClaudeCall): string {
  return label ?? defaultLabel(transcript.prompt ?? '');
}

/** Without a prompt there is nothing to find it by. */
function matchOf({ transcript, model, agentType }: ClaudeCall): { readonly match?: PromptMatch } {
  if (transcript.prompt === undefined) return {};
  const match = { by: 'prompt', promptHash: promptHash(transcript.prompt) } as const;
  return {
    match: {
      ...match,
      ...(model === undefined ? {} : { model }),
      ...(agentType === undefined ? {} : { agentType }),
    },
  };
}

/** `undefined` for an agent that was cut off. Its folder names tokens, but no price. */
function outcomeOf({ transcript, end }: ClaudeCall, sessionId: string): Outcome | undefined {
  const { usage, turns, model } = transcript;
  const account = { ...NO_ACCOUNT, usage, turns, model, sessionId };
  switch (end.kind) {
    case 'text':
      return { kind: 'reply', text: end.text, structured: undefined, ...account };
    case 'structured':
      return { kind: 'reply', text: JSON.stringify(end.value), structured: end.value, ...account };
    case 'failed': {
      const { message, apiStatus } = end;
      const reason = apiStatus === undefined ? 'agent-error' : 'api-error';
      return failure(reason, message, { apiStatus, ...account });
    }
    case 'unfinished':
      return undefined;
  }
}

function transcriptOf(call: ClaudeCall, id: number): ImportedTranscript[] {
  const { prompt, file } = call.transcript;
  if (prompt === undefined) return [];
  return [{ file, first: { type: 'andwait/call', call: id, label: labelOf(call), prompt } }];
}
