/** What the model reads of a run that ended: how, what it returned, what it cost, and how to go on. */
import type { RunResult } from '../../core/run.ts';
import type { ToolResult } from '../tools/tool.ts';
import type { WorkflowEnd } from './workflow-runner.ts';

export interface StoredRun {
  /** The script, where the model may edit it. */
  readonly scriptPath: string;
  readonly resultJson: string;
  /** Returns the file that then holds it. */
  readonly keepResult: (json: string) => Promise<string>;
}

type EndedRun = Extract<WorkflowEnd, { kind: 'ended' }>;

/** As much as a command may print. A longer one is not shown whole; one that is longer than a brief may be cut from the conversation. */
const MAX_SHOWN_CHARACTERS = 30_000;
const MAX_ERROR_CHARACTERS = 4_000;
const MAX_BRIEF_CHARACTERS = 1_000;

export async function reportOf(
  end: EndedRun,
  { scriptPath, resultJson, keepResult }: StoredRun,
): Promise<ToolResult> {
  const { runId, name, result } = end;
  const isError = result.status !== 'completed';
  const lines = [
    `Workflow ${JSON.stringify(name)} ${ENDS[result.status]}.`,
    `Run ID: ${runId}`,
    `Script: ${scriptPath}`,
    usageLine(result),
    ...(end.denied.length === 0 ? [] : [`Agents were denied: ${end.denied.join(', ')}`]),
    ...(end.log.length === 0 ? [] : ['Log:', ...end.log.map((line) => `  ${cut(line, 500)}`)]),
    ...(isError
      ? [`Error: ${cut(errorText(result), MAX_ERROR_CHARACTERS)}`]
      : await resultLines(resultJson, keepResult)),
    `To change it: edit the script, then call Workflow with scriptPath and resumeFromRunId; agents that finished, and whose call is unchanged, are not asked again.`,
  ];
  return {
    content: lines.join('\n'),
    isError,
    forPrograms: {
      status: result.status,
      runId,
      workflowName: name,
      scriptPath,
      result: resultJson.length > MAX_SHOWN_CHARACTERS ? null : result.result,
      error: result.error === null ? null : { name: result.error.name, message: result.error.message },
      agents: { ...result.calls },
      usage: { ...result.usage },
      costUsd: result.costUsd,
      durationMs: result.durationMs,
    },
  };
}

/** The lines of a report by which its run is found again, and how it ended; `undefined` for a text that names none. */
export function briefOf(report: string): string | undefined {
  const [head = ''] = report.split('\n');
  const lines = [/^Run ID: .*/m, /^Script: .*/m, /^(?:Result|Error)\b.*/m].flatMap(
    (line) => line.exec(report) ?? [],
  );
  const isReport = lines[0]?.startsWith('Run ID: ') === true;
  if (!isReport) return report.includes('resumeFromRunId "') ? cut(report, MAX_BRIEF_CHARACTERS) : undefined;
  return [head, ...lines].map((line) => cut(line, MAX_BRIEF_CHARACTERS)).join('\n');
}

const ENDS: Readonly<Record<RunResult['status'], string>> = {
  completed: 'completed',
  failed: 'failed: its script threw',
  capped: 'was ended by a cap',
  paused: 'was paused',
  stopped: 'was stopped',
  refused: 'was refused',
};

function usageLine({ calls, usage, costUsd, durationMs }: RunResult): string {
  const counts = (['done', 'replayed', 'failed', 'skipped', 'stopped', 'refused'] as const)
    .filter((kind) => calls[kind] > 0)
    .map((kind) => `${calls[kind]} ${kind}`);
  const agents = counts.length === 0 ? 'none' : counts.join(', ');
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = usage;
  const read = inputTokens + cacheReadTokens + cacheCreationTokens;
  return `Agents: ${agents}; ${read} tokens in, ${outputTokens} out, $${costUsd.toFixed(4)}, ${(durationMs / 1000).toFixed(1)} s`;
}

async function resultLines(json: string, keep: StoredRun['keepResult']): Promise<string[]> {
  if (json.length <= MAX_BRIEF_CHARACTERS) return [`Result: ${json}`];
  const file = await keep(json);
  if (json.length <= MAX_SHOWN_CHARACTERS) return [`Result (also in ${file}): ${json}`];
  return [
    `Result (${json.length} characters, the whole is in ${file}): ${json.slice(0, MAX_SHOWN_CHARACTERS)}…`,
  ];
}

function errorText({ error }: RunResult): string {
  if (error === null) return 'it did not say why';
  return error.stack ?? `${error.name}: ${error.message}`;
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters)}…`;
}
