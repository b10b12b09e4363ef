/** `andwait new --json`: one object, whatever came of it. */
import type { RunResult } from '../../core/run.ts';
import { explainScript } from '../../script/explain/explain-script.ts';
import type { CheckedDraft } from '../../workflow/authoring/check-draft.ts';
import type { Authored } from '../../workflow/authoring/launch-authoring.ts';
import type { StoredDraft } from './store-draft.ts';

export function scriptObject(
  { text, args, script, rehearsal }: CheckedDraft,
  { result }: Authored,
  { file, command }: StoredDraft,
): object {
  const { calls: agents, logs } = rehearsal;
  return {
    ...writingObject(result),
    script: text,
    path: file,
    command,
    args: args ?? null,
    explanation: explainScript(script),
    rehearsal: { agents, logs, failed: rehearsal.end.calls.failed },
  };
}

/** `lastDraft`: the file of the one that was still wrong. */
export function withoutScriptObject(result: RunResult, lastDraft: string | undefined): object {
  return { ...writingObject(result), script: null, path: lastDraft ?? null };
}

function writingObject({ status, runId, error, calls, usage, costUsd }: RunResult): object {
  return { type: 'script', status, runId, error, drafts: calls.done, usage, costUsd };
}
