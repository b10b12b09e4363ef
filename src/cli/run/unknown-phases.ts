/** `--model-for` with a phase that a script does not have changes nothing, and a run on the dearer model would be the way to learn it. */
import type { Program } from '../../core/program.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import type { ScriptSource } from '../../script/parse-script.ts';

const QUOTES = ["'", '"', '`'];

/** On stderr. A title may be put together as the script runs: so this is no refusal, and what stands in it as a string is let pass. */
export function tellUnknownPhases(
  modelFor: Readonly<Record<string, string>>,
  { script, text }: ScriptSource,
  { stderr }: Program,
): void {
  const titles = script.meta.phases.map(({ title }) => title);
  for (const [phase, model] of Object.entries(modelFor)) {
    if (titles.includes(phase) || QUOTES.some((quote) => text.includes(`${quote}${phase}${quote}`))) continue;
    const known = titles.length === 0 ? 'it declares none' : `it declares ${titles.join(', ')}`;
    const what = `--model-for ${phase}=${model}: the script names no such phase (${known})`;
    stderr.write(`andwait: ${safeLine(what)}\n`);
  }
}
