/** `andwait explain FILE`: what a script will do, in words, without running any of it. */
import type { Program } from '../../core/program.ts';
import { explainScript } from '../../script/explain/explain-script.ts';
import { printLines } from '../print-lines.ts';
import { readScriptFile, scriptSearch } from '../run/read-script-file.ts';
import type { ExplainOptions } from './explain-options.ts';
import { explanationLines } from './explanation-words.ts';

/** Returns the exit code. */
export async function explainCommand({ file, json }: ExplainOptions, program: Program): Promise<number> {
  const { script } = await readScriptFile(file, scriptSearch(program.cwd, false, program));
  const told = explainScript(script);
  return await printLines(program, json ? [JSON.stringify(told)] : explanationLines(told));
}
