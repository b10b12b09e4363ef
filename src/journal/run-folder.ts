/** The folder of one run: which file is what, and how the folder comes to be. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { EXIT, shortageAdvice, UserError } from '../core/exit.ts';
import type { Json } from '../core/json.ts';
import type { RunOptions, RunResult } from '../core/run.ts';
import { randomDigits } from '../wire/random-digits.ts';
import { syncDir, writeFileAtomic } from './atomic-file.ts';
import { makePrivateDir } from './state-dir.ts';

/** `workflow`: a script. `exec`: a recipe below `andwait exec`. `map`: one agent per item. `new`: a model that writes a script. `worker`: calls of other hosts' runs. `standing`: calls outside of any, one run a day. */
export type RunKind = 'workflow' | 'exec' | 'map' | 'new' | 'worker' | 'standing';

/** `run.json`: what was asked for, written once. */
export interface RunDescription {
  readonly format: number;
  readonly version: string;
  readonly runId: string;
  readonly kind: RunKind;
  readonly name: string;
  readonly description: string;
  /** The author's file, for people; the command, where there is no file. */
  readonly scriptPath: string;
  readonly args: Json | undefined;
  readonly cwd: string;
  readonly options: RunOptions;
  readonly startedAt: number;
  /** The run of another engine that this one goes on with. */
  readonly rescuedFrom?: RescuedFrom;
}

export interface RescuedFrom {
  readonly engine: 'claude-code';
  readonly version: string | undefined;
  readonly runId: string;
  readonly sessionId: string;
}

export class RunFolder {
  readonly dir: string;
  constructor(stateDir: string, runId: string) {
    this.dir = path.join(stateDir, 'runs', runId);
  }
  get descriptionFile(): string {
    return path.join(this.dir, 'run.json');
  }
  /** The copy that a person may edit before a resume. */
  get scriptFile(): string {
    return path.join(this.dir, 'script.js');
  }
  /** What a model wrote, be it good or not. */
  draftFile(draft: number): string {
    return path.join(this.dir, `draft-${draft}.js`);
  }
  /** What its script is to be run with. */
  get argsFile(): string {
    return path.join(this.dir, 'args.json');
  }
  /** What an attempt ran, kept as it was. */
  scriptAsRun(attempt: number): string {
    return path.join(this.dir, `script-${attempt}.js`);
  }
  get journalFile(): string {
    return path.join(this.dir, 'journal.ndjson');
  }
  get resultFile(): string {
    return path.join(this.dir, 'result.json');
  }
  /** What `report` makes of all this for a browser; made anew each time. */
  get pageFile(): string {
    return path.join(this.dir, 'report.html');
  }
  get worktreesDir(): string {
    return path.join(this.dir, 'worktrees');
  }
  get agentsDir(): string {
    return path.join(this.dir, 'agents');
  }
  transcriptFile(call: number): string {
    return path.join(this.agentsDir, `${call}.ndjson`);
  }
  /** What a recipe's own call wrote to its stdout. */
  printedFile(call: number): string {
    return path.join(this.agentsDir, `${call}.out`);
  }
}

/**
 * Makes the folder with description and script, where the kind of run has one, in it. A run id that is taken is refused, never shared. `fill` adds what the
 * run begins with; the description comes last, and a folder without one holds no run yet.
 */
export async function createRunFolder(
  stateDir: string,
  uid: number,
  description: RunDescription,
  script: string | undefined,
  fill: (folder: RunFolder) => Promise<void> = async () => {},
): Promise<RunFolder> {
  makePrivateDir(stateDir, uid);
  makePrivateDir(path.join(stateDir, 'runs'), uid);
  const folder = new RunFolder(stateDir, description.runId);
  try {
    mkdirSync(folder.dir, { mode: 0o700 });
    mkdirSync(folder.agentsDir, { mode: 0o700 });
    if (script !== undefined) {
      await writeFileAtomic(folder.scriptFile, script);
      await writeFileAtomic(folder.scriptAsRun(1), script);
    }
    await fill(folder);
    await writeFileAtomic(folder.descriptionFile, `${JSON.stringify(description, null, 2)}\n`);
    await syncDir(path.dirname(folder.dir));
    await syncDir(stateDir);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const advice = shortageAdvice(error);
    throw new UserError(
      `cannot make the folder of the run, ${folder.dir} (${why})${advice === undefined ? '' : `; ${advice}`}`,
      advice === undefined ? EXIT.usage : EXIT.capped,
    );
  }
  return folder;
}

export async function writeResult(folder: RunFolder, result: RunResult): Promise<void> {
  await writeFileAtomic(folder.resultFile, `${JSON.stringify(result)}\n`);
}

/** Run ids sort by time, to the millisecond, so that "the last run" is: `20261122-151023-6bk3f9`. */
export function newRunId(now: number, random: () => number): string {
  const [date, time, milliseconds = '0'] = new Date(now).toISOString().replace(/[-:Z]/g, '').split(/[T.]/);
  const tail = randomDigits(4, 36, random);
  return `${date}-${time}-${Number(milliseconds).toString(36).padStart(2, '0')}${tail}`;
}
