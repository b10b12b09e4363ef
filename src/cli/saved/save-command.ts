/** `andwait save`: keeps the script of a run, or of a file, where `andwait run /NAME` finds it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { runIds } from '../../journal/find-run.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { savedWorkflows, workflowPlaces } from '../../launch/saved-workflows.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { parseSource, type ScriptSource } from '../../script/parse-script.ts';
import { renamedScript } from '../../script/rename-script.ts';
import { type Saving, saveWorkflow } from '../../workflow/saved/save-workflow.ts';
import { printLines } from '../print-lines.ts';
import { type ChosenRun, chosenRun } from '../reading/chosen-run.ts';
import { readScriptFile, scriptSearch } from '../run/read-script-file.ts';
import { scriptOfRun } from '../run/resume/script-of-run.ts';
import { shWord } from '../shell-words.ts';
import type { SaveOptions } from './saved-options.ts';

type Saved = Saving & { readonly kind: 'saved' };

export async function saveCommand(options: SaveOptions, program: Program): Promise<number> {
  const { what, last, user, name, replace } = options;
  const source = named(await sourceOf(what, last, program), name);
  const place = user ? 'personal' : 'project';
  const saving = await saveWorkflow(source, { place, replace }, workflowPlaces(program.cwd, program));
  if (saving.kind === 'refused') {
    throw new UserError(
      saving.reason === 'exists'
        ? `${saving.message}; write over it with --replace, or save under another --name`
        : saving.message,
    );
  }
  program.stderr.write(`${safeLine(await toldOf(source.script.meta.name, saving, program))}\n`);
  return await printLines(program, [saving.file]);
}

/** A file, where there is one of that name; then a run, which is what most are saved from; then a saved workflow. */
async function sourceOf(what: string | undefined, last: boolean, program: Program): Promise<ScriptSource> {
  if (what === undefined && !last) {
    throw new UserError('save needs one RUN, FILE or /NAME, or --last; `andwait list` shows the runs');
  }
  if (what === undefined || last) return await runSource(chosenRun({ run: what, last }, program, 'save'));
  const isFile = existsSync(path.resolve(program.cwd, what));
  if (!isFile && what !== '' && runIds(stateDir(program)).some((id) => id.startsWith(what))) {
    return await runSource(chosenRun({ run: what, last }, program, 'save'));
  }
  return await readScriptFile(what, scriptSearch(program.cwd, true, program));
}

async function runSource({ folder, description: { kind, runId } }: ChosenRun): Promise<ScriptSource> {
  if (kind !== 'workflow' && kind !== 'new') {
    throw new UserError(`run ${runId} has no script to save (it is of kind ${JSON.stringify(kind)})`);
  }
  return await scriptOfRun(folder);
}

function named(source: ScriptSource, name: string | undefined): ScriptSource {
  if (name === undefined) return source;
  if (name.trim() === '') throw new UserError('--name is empty; give the workflow a name');
  const { path: file } = source.script;
  return parseSource(Buffer.from(renamedScript(source.text, file, name)), file);
}

/** What runs by that name now: a nearer place may hold another one. */
async function toldOf(name: string, { file, change }: Saved, program: Program): Promise<string> {
  const found = await savedWorkflows(program.cwd, program).named(name);
  const others = found?.shadowed.map((each) => each.file) ?? [];
  const done = { new: 'saved', replaced: 'saved over the earlier one', unchanged: 'it is saved already' }[
    change
  ];
  if (found?.workflow.file !== file) {
    const other = found?.workflow.file ?? 'not found';
    return `andwait: ${done}, but ${JSON.stringify(name)} is still ${other}: that place comes first`;
  }
  const instead = others.length === 0 ? '' : `, in place of ${others.join(' and ')}`;
  return `andwait: ${done}${instead}; it runs with: andwait run ${shWord(`/${name}`)}`;
}
