/** `andwait new --json`: one object, whatever came of it. */
import { explainScript } from '../../script/explain/explain-script.ts';
import type { CheckedDraft } from '../../workflow/authoring/check-draft.ts';
import type { Authored } from '../../workflow/authoring/launch-authoring.ts';
import type { StoredDraft } from './store-draft.ts';

export function scriptObject(
  draft: CheckedDraft | undefined,
  { result }: Pick<Authored, 'result'>,
  stored: Pick<StoredDraft, 'file' | 'command'> | undefined,
): object {
  const { status, runId, error, calls, usage, costUsd } = result;
  const told = { type: 'script', status, runId, error, drafts: calls.done, usage, costUsd };
  const { file = null, command = null } = stored ?? {};
  if (draft === undefined) return { ...told, script: null, path: file };
  const { text, args, script, rehearsal } = draft;
  const { calls: agents, logs } = rehearsal;
  return {
    ...told,
    script: text,
    path: file,
    command,
    args: args ?? null,
    explanation: explainScript(script),
    rehearsal: { agents, logs, failed: rehearsal.end.calls.failed },
  };
}
