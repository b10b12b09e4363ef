/** What a session has of workflows: the tool, where it may have one, and the word to its model that it may use it unasked. */
import path from 'node:path';
import type { ContentBlock } from '../../wire/events/event.ts';
import type { Settings } from '../settings/settings.ts';
import type { Tool, ToolResult } from '../tools/tool.ts';
import { absentTool } from '../tools/tool-access.ts';
import type { LimitedSession } from './session-terms.ts';
import { absentWorkflow, whyNoWorkflows } from './workflow-offer.ts';
import type { LoadWorkflowRunner } from './workflow-runner.ts';
import { workflowTool } from './workflow-tool.ts';
import { asksForUltracode, ULTRACODE, WORKFLOW } from './workflow-words.ts';

export interface SessionWorkflowWish extends LimitedSession {
  readonly settings: Settings;
  readonly scriptsDir: string;
  readonly loadRunner: LoadWorkflowRunner | undefined;
}

export interface SessionWorkflow {
  readonly tools: readonly Tool[];
  /** For every turn: `--effort ultracode`. */
  readonly context: string | undefined;
  readonly absent: (name: string) => ToolResult;
  /** What the model reads of a user's message. */
  readonly told: (content: readonly ContentBlock[]) => readonly ContentBlock[];
}

export function sessionWorkflow(wish: SessionWorkflowWish): SessionWorkflow {
  const { program, settings, equipment, loadRunner, options } = wish;
  const why = loadRunner === undefined ? undefined : whyNoWorkflows(program.env, settings);
  const isOffered = loadRunner !== undefined && why === undefined && !equipment.isDisabled(WORKFLOW.name);
  return {
    tools: isOffered ? [toolFor(wish, loadRunner)] : [],
    context: isOffered && options.ultracode ? ULTRACODE : undefined,
    absent: (name) =>
      name === WORKFLOW.name && why !== undefined
        ? absentWorkflow(why)
        : absentTool(name, equipment.isDisabled),
    told: (content) =>
      isOffered && !options.ultracode && content.some(({ text }) => asksForUltracode(String(text ?? '')))
        ? [{ type: 'text', text: `<system-reminder>\n${ULTRACODE}\n</system-reminder>` }, ...content]
        : content,
  };
}

/** Beside the outputs that the session keeps. */
export function scriptsDirFor(outputDir: string): string {
  const isOfSession = path.basename(outputDir) === 'tool-results';
  return path.join(isOfSession ? path.dirname(outputDir) : outputDir, 'workflows', 'scripts');
}

function toolFor(wish: SessionWorkflowWish, loadRunner: LoadWorkflowRunner): Tool {
  const { program, account, gate, scriptsDir } = wish;
  return workflowTool({
    runner: async () => await loadRunner(program),
    terms: async () => (await import('./session-terms.ts')).termsOf(wish),
    mayRead: (file) =>
      gate().decide({ name: 'Read', input: { file_path: file }, useId: '' }).kind === 'allow',
    cwd: program.cwd,
    scriptsDir,
    onSpent: (spent) => account.addAgents(spent),
  });
}
