/** What becomes of a script that is good: shown, stored, and run where somebody who could have read it says so. */
import type { Program } from '../../core/program.ts';
import type { CheckedDraft } from '../../workflow/authoring/check-draft.ts';
import type { Authored } from '../../workflow/authoring/launch-authoring.ts';
import { printLines, saidOn } from '../print-lines.ts';
import { agrees, canAsk } from './consent.ts';
import { draftLines } from './draft-words.ts';
import type { NewCommandLine } from './new-options.ts';
import type { NewTerminal } from './new-terminal.ts';
import { scriptObject } from './script-object.ts';
import { storeDraft } from './store-draft.ts';

/** `run`: somebody agreed. `code`: it is over, with that exit code. */
export type HandedOver = { readonly kind: 'run' } | { readonly kind: 'over'; readonly code: number };

/** Rejects with the signal's reason when it is stopped while it asks. */
export async function handOver(
  draft: CheckedDraft,
  authored: Authored,
  line: NewCommandLine,
  terminal: NewTerminal,
  program: Program,
): Promise<HandedOver> {
  const { stdout } = program;
  const stored = await storeDraft(draft, authored.folder, line, program);
  const isScreen = stdout.isTTY === true;
  const isForStdout = line.run === 'never' && stored.how === 'kept' && !line.json;
  terminal.tell(draftLines(draft, program));
  const isAsked = canAsk(program) && (line.run === 'ask' || (isForStdout && isScreen));
  // Nobody agrees to what they have not seen.
  if (isAsked && !(isForStdout && isScreen)) terminal.insist(['', draft.text.trimEnd(), '']);
  let code = 0;
  if (isForStdout) code = await printLines(program, [saidOn(stdout, draft.text).trimEnd()]);
  else if (line.run === 'never') {
    code = await printLines(program, [
      line.json ? JSON.stringify(scriptObject(draft, authored, stored)) : stored.file,
    ]);
  }
  terminal.tell([`${stored.how} in ${stored.file}`]);
  if (line.run === 'unasked') return { kind: 'run' };
  if (isAsked && (await agrees('Run it now? [y/N] ', program, terminal.signal))) return { kind: 'run' };
  terminal.tell([`run it with: ${stored.command}`]);
  if (stored.how === 'kept') terminal.tell([`save it with: andwait save ${authored.result.runId}`]);
  return { kind: 'over', code };
}
