/** What a hook before a tool says: by its exit status, or by JSON on its stdout. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { ProgramOutput } from '../program-output.ts';

export type HookVerdict =
  /** `input` in place of the call's own, where it wants another; `notice`: for whoever watches. */
  | { readonly kind: 'none' | 'allow'; readonly input: Json | undefined; readonly notice?: string }
  | { readonly kind: 'ask'; readonly message: string }
  | { readonly kind: 'deny'; readonly message: string };

const DENIES = 2;
/** The shell's word for a command that is not there, or may not be run. */
const NOT_STARTED: ReadonlySet<number> = new Set([126, 127]);

/** Measured: a hook that fails in another way than by exit status 2 denies nothing. One that gave no verdict at all does, here. */
export function verdictOf(output: ProgramOutput | undefined, tool: string): HookVerdict {
  const deny = (why: string): HookVerdict => ({ kind: 'deny', message: `PreToolUse:${tool} hook: ${why}` });
  if (output === undefined) return deny('it could not be started');
  const { code, stdout, stderr, cut } = output;
  if (cut === 'time') return deny('it did not answer in time');
  if (cut === 'size') return deny('its answer is too long');
  if (code === null) return deny('it was ended before it answered');
  if (code === DENIES) return deny(stderr.trim() || 'it denies this call and does not say why');
  if (NOT_STARTED.has(code)) return deny(`it could not be started: ${stderr.trim()}`);
  if (code !== 0) {
    const notice = `PreToolUse:${tool} hook failed with exit status ${code} and denied nothing: ${stderr.trim()}`;
    return { kind: 'none', input: undefined, notice };
  }
  const answer = answerIn(stdout.toString('utf8'));
  return answer === undefined ? { kind: 'none', input: undefined } : verdictIn(answer, deny);
}

function answerIn(stdout: string): JsonObject | undefined {
  const text = stdout.trim();
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Words for a person that happen to begin with a brace.
    return undefined;
  }
}

function verdictIn(answer: JsonObject, deny: (why: string) => HookVerdict): HookVerdict {
  if (answer['continue'] === false) return deny(textOr(answer['stopReason'], 'it wants the work to stop'));
  const specific = isJsonObject(answer['hookSpecificOutput']) ? answer['hookSpecificOutput'] : {};
  const decision = specific['permissionDecision'] ?? answer['decision'];
  const why = textOr(specific['permissionDecisionReason'] ?? answer['reason'], 'it does not say why');
  const updated = specific['updatedInput'];
  const input = isJsonObject(updated) ? updated : undefined;
  switch (decision) {
    case undefined:
      return { kind: 'none', input };
    case 'allow':
    case 'approve':
      return { kind: 'allow', input };
    case 'ask':
    case 'defer':
      return { kind: 'ask', message: why };
    case 'deny':
    case 'block':
      return deny(why);
    default:
      return deny(`it answers with a decision that is not known: ${JSON.stringify(decision)}`);
  }
}

function textOr(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** The strictest counts; of the others the first that wants another input. */
export function together(verdicts: readonly HookVerdict[]): HookVerdict {
  for (const kind of ['deny', 'ask', 'allow'] as const) {
    const found = verdicts.find((verdict) => verdict.kind === kind);
    if (found === undefined) continue;
    return found.kind === 'allow' ? { kind: 'allow', ...othersIn(verdicts) } : found;
  }
  return { kind: 'none', ...othersIn(verdicts) };
}

function othersIn(verdicts: readonly HookVerdict[]): {
  readonly input: Json | undefined;
  readonly notice?: string;
} {
  const others = verdicts.flatMap((verdict) => ('input' in verdict ? [verdict] : []));
  const notices = others.flatMap(({ notice }) => notice ?? []);
  const input = others.find((verdict) => verdict.input !== undefined)?.input;
  return notices.length === 0 ? { input } : { input, notice: notices.join('\n') };
}
