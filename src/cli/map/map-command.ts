/** `andwait map`: one agent for each item of stdin, in the middle of a pipe. */
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import type { RunOptions } from '../../core/run.ts';
import { describedRun } from '../../journal/describe-run.ts';
import { newRunId } from '../../journal/run-folder.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { backendFor } from '../../launch/agent-backend.ts';
import { openerOf } from '../../launch/open-run-place.ts';
import { callRequestOf, defaultLabel } from '../../workflow/call-request.ts';
import { launchMap, type MapLaunch, type MapOutcome } from '../../workflow/map/launch-map.ts';
import { INPUT_KINDS, type InputKind, type MapItem } from '../../workflow/map/map-item.ts';
import type { RunListener } from '../ci/ci-run.ts';
import { tellEstimate } from '../estimate.ts';
import { type FoundRun, findResumable } from '../find-resumable.ts';
import { workingFolder } from '../working-folder.ts';
import { goOn } from './go-on.ts';
import { printPrompts } from './map-dry-run.ts';
import { mapFault } from './map-fault.ts';
import { JoblogWriter } from './map-joblog.ts';
import type { MapCommandLine } from './map-options.ts';
import { writeItem } from './map-output.ts';
import { schemaFrom } from './map-schema.ts';
import { LOGGED_PROMPT, type MapSource, openSource } from './map-source.ts';
import { MapTerminal } from './map-terminal.ts';

/** Returns the exit code. */
export async function mapCommand(
  asked: MapCommandLine,
  program: Program,
  listener: RunListener,
): Promise<number> {
  return await run(inFolder(asked, program.cwd), program, listener);
}

/** Its files, wherever this process happens to stand. */
function inFolder(line: MapCommandLine, cwd: string): MapCommandLine {
  const { resultsDir, joblog } = line;
  return {
    ...line,
    resultsDir: resultsDir === undefined ? undefined : path.resolve(cwd, resultsDir),
    joblog: joblog === undefined ? undefined : { ...joblog, file: path.resolve(cwd, joblog.file) },
  };
}

async function run(line: MapCommandLine, program: Program, listener: RunListener): Promise<number> {
  using terminal = new MapTerminal(line, program);
  const resumed =
    line.resumedRun === undefined ? undefined : await findResumable(line.resumedRun, program, 'map');
  const asked = await askedOf(line, resumed, program.cwd);
  const cwd = workingFolder(line.cwd ?? resumed?.run.description.cwd, program.cwd);
  const options = resumed === undefined ? line.newOptions : line.options(lastOptions(resumed));
  const { progress, signal } = terminal;
  const backendIn = line.dryRun ? undefined : await backendFor(options, cwd, program, terminal);
  const source = await openSource({ ...asked, joblog: line.joblog }, program, progress, signal);
  if (source === undefined) return await terminal.nothing();
  if (backendIn === undefined) return await printPrompts(source, line.output, program, signal);
  const runId = resumed?.run.description.runId ?? newRunId(program.clock.now(), program.random);
  const launch = launchOf({ line, asked, source, options, cwd, runId, resumed }, program);
  terminal.begin();
  const goesOn = line.joblog !== undefined && line.joblog.use !== 'write';
  const joblog = line.joblog === undefined ? undefined : JoblogWriter.open(line.joblog.file, goesOn);
  let outcome: MapOutcome;
  try {
    const output = {
      stdout: program.stdout,
      output: line.output ?? 'ndjson',
      tag: line.tag,
      resultsDir: line.resultsDir,
      joblog,
      isLost: () => terminal.isOutputLost,
      before: program.stdout.isTTY ? () => progress.clear() : () => {},
    } as const;
    outcome = await launchMap(
      launch,
      {
        pid: program.pid,
        clock: program.clock,
        backendIn: (folder) => backendIn(folder, runId),
        progress: (event) => progress.event(event),
        counted: (counts) => progress.counted(counts),
        emit: async (result) => {
          if (result.end.kind === 'unfit') progress.unfit(result.end.message);
          await writeItem(result, output);
        },
      },
      signal,
    );
  } catch (error) {
    throw mapFault(error, goOn(line, runId, program.argv));
  } finally {
    joblog?.close();
  }
  listener.progressOver();
  const code = await terminal.end(outcome, options.failOn);
  await listener.ended(runId);
  return code;
}

/** What makes the prompts; recorded, so that a resumed map need not be told again. */
interface Asked {
  readonly template: string;
  readonly input: InputKind | undefined;
  readonly schema: JsonObject | undefined;
}

async function askedOf(line: MapCommandLine, resumed: FoundRun | undefined, cwd: string): Promise<Asked> {
  const args =
    resumed === undefined ? undefined : (resumed.run.attempts.at(-1) ?? resumed.run.description).args;
  const recorded: JsonObject = isJsonObject(args) ? args : {};
  const { template, input, schema } = recorded;
  const untold = line.joblog?.use === 'retry-failed' ? LOGGED_PROMPT : '';
  return {
    template: line.template ?? (typeof template === 'string' ? template : untold),
    input: line.input ?? INPUT_KINDS.find((kind) => kind === input),
    schema:
      line.schema === undefined
        ? isJsonObject(schema)
          ? schema
          : undefined
        : await schemaFrom(line.schema, cwd),
  };
}

function lastOptions({ run }: FoundRun): RunOptions {
  return (run.attempts.at(-1) ?? run.description).options;
}

interface LaunchParts {
  readonly line: MapCommandLine;
  readonly asked: Asked;
  readonly source: MapSource;
  readonly options: RunOptions;
  readonly cwd: string;
  readonly runId: string;
  readonly resumed: FoundRun | undefined;
}

function launchOf(
  { line, asked, source, options, cwd, runId, resumed }: LaunchParts,
  program: Program,
): MapLaunch {
  const { template, schema } = asked;
  const name = template === '' ? 'map' : `map ${defaultLabel(template)}`;
  const args: Json = { template, input: asked.input ?? source.kind, schema: schema ?? null };
  const opener = openerOf(options, 'content', program);
  const description = describedRun({
    runId,
    kind: 'map',
    name,
    description: template,
    scriptPath: '',
    args,
    cwd,
    options,
    startedAt: program.clock.now(),
  });
  if (resumed === undefined) tellEstimate(description, line, program);
  const { model, effort } = options;
  const choices = { model, effort, modelFor: new Map(), metaModels: new Map() };
  const place = { phase: undefined, workflow: undefined };
  const asSchema = schema === undefined ? {} : { schema };
  return {
    runId,
    name,
    description: template,
    args,
    options,
    plan: {
      template: source.template,
      requestFor: ({ text }: MapItem, prompt: string) =>
        callRequestOf(prompt, { ...asSchema, label: defaultLabel(text) }, place, choices),
      concurrency: options.caps.concurrency,
      keepOrder: line.keepOrder,
      tries: line.tries,
      halt: line.halt,
    },
    openItems: source.items,
    open: () =>
      resumed === undefined
        ? opener.openNew(stateDir(program), description, undefined)
        : opener.reopen(resumed.folder, runId, undefined),
  };
}
