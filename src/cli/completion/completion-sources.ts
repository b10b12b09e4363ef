/** Values that depend on where and who one is: saved workflows and runs. Reads only; a place that cannot be read has none. */
import type { Program } from '../../core/program.ts';
import { isStandingRun, readDescription, runIds } from '../../journal/find-run.ts';
import { type RunDescription, RunFolder } from '../../journal/run-folder.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { savedWorkflows } from '../../launch/saved-workflows.ts';
import { allGuides } from '../docs/guides.ts';
import { POOL_ACTIONS } from '../pool/pool-options.ts';
import { RUN_KINDS, RUN_STATES } from '../reading/run-filter.ts';
import { type Candidate, type Completion, oneOf, type Sources } from './complete.ts';

/** The newest that fit. Somebody who wants an older one knows how it begins. */
const MOST_RUNS = 50;
/** Of other kinds there may be any number, and a shell waits. */
const MOST_LOOKED_AT = 500;

export function completionSources(program: Program): Sources {
  const workflows = async (current: string): Promise<Completion> => ({
    files: true,
    candidates: await named(current.startsWith('/') ? '/' : '', program),
  });
  return {
    valuesOf: async (command, name, current) => {
      const runs = (kind?: RunDescription['kind']): Completion => ({
        files: false,
        candidates: recentRuns(program, current, kind),
      });
      switch (`${command} ${name}`) {
        case 'pool action':
          return oneOf(POOL_ACTIONS);
        case 'list --status':
          return oneOf(RUN_STATES);
        case 'list --kind':
          return oneOf(RUN_KINDS);
        case 'docs guide':
          return oneOf((await allGuides(program)).map((guide) => guide.name));
        case 'exec --resume':
          return runs('exec');
        case 'map --resume':
          return runs('map');
        case 'resume run':
        case 'run --resume':
          return runs('workflow');
        case 'skip words':
        case 'retry words':
          return runs();
        case 'save what': {
          const { files, candidates } = await workflows(current);
          const scripts = [...runs('workflow').candidates, ...runs('new').candidates];
          return { files, candidates: [...candidates, ...scripts] };
        }
      }
      if (name === 'run') return runs();
      return name === 'file' || name === '--script' ? await workflows(current) : undefined;
    },
  };
}

/** `/audit` is a saved one whatever files there are; whoever types no slash is offered none. */
async function named(slash: '/' | '', program: Program): Promise<Candidate[]> {
  const workflows = await savedWorkflows(program.cwd, program).glance();
  const candidates = workflows.map(({ meta, place }) => ({
    value: `${slash}${meta.name}`,
    about: `${meta.description} (${place})`,
  }));
  // It would be read as a flag.
  return candidates.filter(({ value }) => !value.startsWith('-'));
}

function recentRuns(
  program: Program,
  current: string,
  kind: RunDescription['kind'] | undefined,
): Candidate[] {
  const state = stateDir(program);
  const begun = runIds(state).filter((id) => id.startsWith(current) && !isStandingRun(id));
  const found: Candidate[] = [];
  for (const id of begun.slice(0, MOST_LOOKED_AT)) {
    const description = describedOr(() => readDescription(new RunFolder(state, id)));
    if (description === undefined || (kind !== undefined && description.kind !== kind)) continue;
    found.push({ value: id, about: `${description.kind} ${description.name}` });
    if (found.length === MOST_RUNS) break;
  }
  return found;
}

/** A damaged run is for other commands to complain of. */
function describedOr(read: () => RunDescription | undefined): RunDescription | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
