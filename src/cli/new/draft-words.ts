/** A script that a model wrote, for the person who is to agree to it: what it does, what its rehearsal came to, what it may cost. */
import type { Program } from '../../core/program.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { countText, tokensText, wholeText } from '../../report/text/figures.ts';
import { shortLine } from '../../report/text/safe-text.ts';
import { explainScript } from '../../script/explain/explain-script.ts';
import type { CheckedDraft } from '../../workflow/authoring/check-draft.ts';
import type { RehearsedCall } from '../../workflow/authoring/rehearse-script.ts';
import { costOfAgents } from '../estimate.ts';
import { entry, explanationLines } from '../explain/explanation-words.ts';

const MAX_ARGS = 400;
const LOGS_SHOWN = 5;
/** Of a logged line, of all phases: what a script says must not push it off the screen. */
const MAX_WORDS = 400;

/** Every line is safe to show. */
export function draftLines(draft: CheckedDraft, program: Pick<Program, 'env' | 'homeDir' | 'uid'>): string[] {
  const { rehearsal, script, args } = draft;
  const { calls, logs, end } = rehearsal;
  const failed = end.calls.failed;
  return [
    ...explanationLines(explainScript(script)),
    ...entry('args', args === undefined ? [] : [shortLine(JSON.stringify(args), MAX_ARGS)]),
    ...entry('rehearsed', [
      `${countText(calls.length, 'agent')}${phasesText(calls)}; samples answered, so a real run may have more or fewer`,
      ...(failed === 0
        ? []
        : [`${countText(failed, 'agent')} of them failed: no sample of their schema was found`]),
    ]),
    ...entry(
      'logged',
      logs.slice(0, LOGS_SHOWN).map((line) => shortLine(line, MAX_WORDS)),
    ),
    ...entry('prompts', [
      `${tokensText(end.usage.inputTokens)} tokens, before any agent has read or answered anything`,
    ]),
    ...entry('cost', [costOfAgents(calls.length, stateDir(program))]),
  ];
}

/** ` (Find 4, Verify 12)`, in the order in which they began. */
export function phasesText(calls: readonly RehearsedCall[]): string {
  const counts = new Map<string, number>();
  for (const { phase = 'in no phase' } of calls) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  if (counts.size === 0) return '';
  const told = [...counts].map(([phase, count]) => `${shortLine(phase, 60)} ${wholeText(count)}`);
  return ` (${shortLine(told.join(', '), MAX_WORDS)})`;
}
