/** Carries out one call of `Workflow`: says what is to be run, has it run, and makes a result of the end. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '../../core/json.ts';
import { makeFolders } from '../../wire/files/make-folders.ts';
import { Interrupted } from '../session/ending.ts';
import { type ToolResult, toolError } from '../tools/tool.ts';
import { ToolFailure } from '../tools/typed-tool.ts';
import { reportOf, type StoredRun } from './workflow-report.ts';
import type {
  AgentSpending,
  SessionTerms,
  WorkflowEnd,
  WorkflowRunner,
  WorkflowScript,
} from './workflow-runner.ts';

export interface WorkflowToolDeps {
  readonly runner: () => Promise<WorkflowRunner>;
  /** As they are when the call is made. */
  readonly terms: () => Promise<SessionTerms>;
  /** Absolute path. A script that cannot be parsed is quoted, so it must be one that the session may read. */
  readonly mayRead: (file: string) => boolean;
  readonly cwd: string;
  /** Where the model finds scripts again, to edit them. Made when needed. */
  readonly scriptsDir: string;
  readonly onSpent: (spent: AgentSpending) => void;
}

/** The tool's input. */
export interface WorkflowCall {
  readonly script: string | undefined;
  readonly name: string | undefined;
  readonly scriptPath: string | undefined;
  readonly args: Json | undefined;
  readonly resumeFromRunId: string | undefined;
}

/** Throws `ToolFailure` for what the model can mend, and the reason of a signal that ends the program. */
export async function orderWorkflow(
  call: WorkflowCall,
  deps: WorkflowToolDeps,
  signal: AbortSignal,
): Promise<ToolResult> {
  const script = scriptOf(call, deps);
  const { args, resumeFromRunId } = call;
  const runner = await deps.runner();
  const terms = await deps.terms();
  signal.throwIfAborted();
  const end = await runner.run({ script, args, resumeFromRunId, terms }, signal);
  if (end.kind !== 'refused') deps.onSpent(end.spent);
  // The program itself ends: nobody will read more.
  if (signal.aborted && !(signal.reason instanceof Interrupted)) throw signal.reason;
  return await resultOf(end, deps.scriptsDir);
}

function scriptOf(
  { script, name, scriptPath, resumeFromRunId }: WorkflowCall,
  { mayRead, cwd }: WorkflowToolDeps,
): WorkflowScript {
  if (scriptPath !== undefined) {
    const file = path.resolve(cwd, scriptPath);
    if (mayRead(file)) return { kind: 'file', file };
    throw new ToolFailure(`scriptPath ${JSON.stringify(file)} is a file that this session may not read`);
  }
  if (script !== undefined && name !== undefined) {
    throw new ToolFailure(
      `both script and name ${JSON.stringify(name)} say what to run: give one of them (the script's own name stands in its meta)`,
    );
  }
  if (script !== undefined) return { kind: 'text', text: script };
  if (name !== undefined) return { kind: 'name', name };
  if (resumeFromRunId !== undefined) return { kind: 'recorded' };
  throw new ToolFailure('there is nothing to run: give script, name or scriptPath');
}

async function resultOf(end: WorkflowEnd, scriptsDir: string): Promise<ToolResult> {
  switch (end.kind) {
    case 'refused':
      return failed(`The workflow was not run: ${end.message}`);
    case 'broken':
      return failed(
        `The run was cut off: ${end.message}. What its agents had finished is kept: go on with resumeFromRunId ${JSON.stringify(end.runId)}.`,
      );
    case 'ended':
      return reportOf(end, await stored(end, scriptsDir));
  }
}

function failed(message: string): ToolResult {
  return toolError(`<tool_use_error>${message}</tool_use_error>`, `Error: ${message}`);
}

/** The model may edit the script there. Only the returned value is long enough to be looked up. */
async function stored(
  { name, runId, scriptText, result }: Extract<WorkflowEnd, { kind: 'ended' }>,
  scriptsDir: string,
): Promise<StoredRun> {
  const base = path.join(scriptsDir, `${name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60)}-${runId}`);
  makeFolders(scriptsDir, 0o700);
  const scriptPath = `${base}.js`;
  await writeFile(scriptPath, scriptText, { mode: 0o600 });
  return {
    scriptPath,
    keepResult: async (json) => {
      await writeFile(`${base}.json`, json, { mode: 0o600 });
      return `${base}.json`;
    },
    resultJson: JSON.stringify(result.result),
  };
}
