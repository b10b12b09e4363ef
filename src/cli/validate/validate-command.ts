/** `andwait validate FILE`: everything `run` would refuse before it starts, without starting. */
import { EXIT } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { ScriptRefused } from '../../script/parse-script.ts';
import { printLines } from '../print-lines.ts';
import { readScriptFile, scriptSearch } from '../run/read-script-file.ts';
import type { ValidateOptions } from './validate-options.ts';

export async function validateCommand(options: ValidateOptions, program: Program): Promise<number> {
  try {
    const { script } = await readScriptFile(options.file, scriptSearch(program.cwd, false, program));
    const { meta } = script;
    if (options.json) return await printLines(program, [JSON.stringify({ valid: true, meta })]);
    const phases = meta.phases.map(({ title }) => safeLine(title)).join(' → ');
    return await printLines(program, [
      `${safeLine(options.file)} is a valid workflow script`,
      `  ${safeLine(meta.name)}: ${safeLine(meta.description)}`,
      ...(phases === '' ? [] : [`  phases: ${phases}`]),
    ]);
  } catch (error) {
    if (!(error instanceof ScriptRefused) || !options.json) throw error;
    const { message, line, column } = error;
    await printLines(program, [JSON.stringify({ valid: false, error: { message, line, column } })]);
    return EXIT.usage;
  }
}
