/** `andwait list --saved`: every workflow that has a name, those that are hidden or broken too, in order of precedence. */
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { savedWorkflows } from '../../launch/saved-workflows.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import type { CataloguedWorkflow, DamagedScript } from '../../workflow/saved/find-workflow.ts';
import { printLines } from '../print-lines.ts';
import type { ListOptions } from '../reading/reading-options.ts';
import { shWord } from '../shell-words.ts';

/** Flags of the list of runs that mean nothing here. */
const OF_RUNS = ['limit', 'status', 'kind', 'since', 'failed'] as const;

export async function listSavedCommand(options: ListOptions, program: Program): Promise<number> {
  const odd = OF_RUNS.find((flag) => options[flag] !== undefined && options[flag] !== false);
  if (odd !== undefined) {
    throw new UserError(`list: --${odd} is about runs; with --saved there are --name and --json alone`);
  }
  const { workflows, damaged } = await savedWorkflows(program.cwd, program).catalogue();
  const wanted = options.name?.toLowerCase();
  // A broken one has no name but that of its file.
  const isWanted = (name: string): boolean => wanted === undefined || name.toLowerCase().includes(wanted);
  const shown = workflows.filter(({ script }) => isWanted(script.meta.name));
  const broken = damaged.filter(({ file }) => isWanted(file));
  if (options.json) {
    const objects = [...shown.map(savedObject), ...broken.map(brokenObject)];
    return await printLines(
      program,
      objects.map((object) => JSON.stringify(object)),
    );
  }
  if (shown.length + broken.length === 0) {
    const why = wanted === undefined ? 'no workflow is saved here' : 'no such workflow is saved here';
    program.stderr.write(`andwait: ${why}; \`andwait save RUN|FILE\` saves one\n`);
    return 0;
  }
  return await printLines(program, [...shown.flatMap(savedLines), ...broken.flatMap(brokenLines)]);
}

function savedObject({ script: { meta }, place, file, shadowedBy }: CataloguedWorkflow) {
  const { name, description, whenToUse = null, phases } = meta;
  return { name, place, file, description, whenToUse, phases, shadowedBy: shadowedBy ?? null };
}

function brokenObject({ place, file, why }: DamagedScript) {
  return { place, file, broken: why };
}

function savedLines({ script: { meta }, place, file, shadowedBy }: CataloguedWorkflow): string[] {
  const phases = meta.phases.map(({ title }) => safeLine(title)).join(' → ');
  return [
    `${safeLine(meta.name)} (${place}${shadowedBy === undefined ? '' : ', shadowed'})`,
    `  ${safeLine(meta.description)}`,
    ...(meta.whenToUse === undefined ? [] : [`  when    ${safeLine(meta.whenToUse)}`]),
    ...(phases === '' ? [] : [`  phases  ${phases}`]),
    `  file    ${safeLine(file)}`,
    ...(shadowedBy === undefined ? [] : [`  runs    ${safeLine(shadowedBy)} instead`]),
  ];
}

function brokenLines({ place, file, why }: DamagedScript): string[] {
  return [
    `${safeLine(file)} (${place}, broken)`,
    `  why     ${safeLine(why)}`,
    `  see     ${safeLine(`andwait validate ${shWord(file)}`)}`,
  ];
}
