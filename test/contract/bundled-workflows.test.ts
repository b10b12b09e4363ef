/** The bundled workflows, unchanged, in Claude Code's own engine: the same agents, the same result. */
import { once } from 'node:events';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { FakeMessagesApi, type FakeRequest, reply } from '../support/api/fake-messages-api.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';
import { BUNDLED, scenarioOf } from '../support/workflows/bundled.ts';
import type { Scenario } from '../support/workflows/scenario.ts';
import { ScenarioProject } from '../support/workflows/scenario-project.ts';
import { bundledScript, playWorkflow } from '../support/workflows/scripted-workflow.ts';
import { describeReal, startWorkflowSession } from './agent/real-program.ts';

const suite = suiteFolder();

await describeReal('bundled workflows', ({ path: program }) => cases(program));

function cases(program: string): void {
  test.each(BUNDLED)('%s', { timeout: 120_000 }, async (name) => {
    const scenario = await scenarioOf(name);
    const { args } = scenario;
    const here = await playWorkflow(name, { args, answer: ({ prompt }) => scenario.answer(prompt) });
    const there = await playedThere(program, name, scenario);
    expect(there).toMatchObject({ status: 'completed', agentCount: here.calls.length });
    expect(there.result).toEqual(here.result);
    expect(there.logs.filter((line) => !/ failed: /.test(line))).toEqual(
      here.logs.filter((line) => !/ failed: /.test(line)),
    );
  });
}

/** What the real engine keeps of a run that has ended. */
interface Kept {
  readonly status: string;
  readonly result: Json;
  readonly agentCount: number;
  readonly logs: readonly string[];
}

async function playedThere(program: string, name: string, scenario: Scenario): Promise<Kept> {
  const api = (await FakeMessagesApi.start()).hold();
  onTestFinished(async () => await api[Symbol.asyncDispose]());
  const project = new ScenarioProject(suite, scenario, []);
  const home = realpathSync(project.cwd);
  const child = startWorkflowSession({ program, api, home, cwd: home });
  const closed = once(child, 'close');
  const over = closed.then(() => undefined);
  for (let n = 1; ; n += 1) {
    const request = await Promise.race([api.request(n), over]);
    if (request === undefined) break;
    request.answer(answerTo(request, name, scenario));
  }
  expect(await closed).toEqual([0, null]);
  return keptIn(path.join(home, '.claude/projects'));
}

function keptIn(projects: string): Kept {
  const files = readdirSync(projects, { recursive: true, encoding: 'utf8' });
  const kept = files.filter((file) => /\/workflows\/wf_[^/]+\.json$/.test(file));
  expect(kept).toHaveLength(1);
  return JSON.parse(readFileSync(path.join(projects, kept[0] ?? ''), 'utf8')) as Kept;
}

function answerTo(
  { prompt, messages, toolNames }: FakeRequest,
  name: string,
  { args, answer: said }: Scenario,
): ReturnType<typeof reply> {
  if (messages.some(({ role }) => role === 'assistant')) return reply().text('so be it');
  if (toolNames.includes('Workflow')) {
    return reply().tool('Workflow', { script: readFileSync(bundledScript(name), 'utf8'), args });
  }
  const given = said(prompt);
  if (given === null) return reply().status(400);
  return typeof given === 'string' ? reply().text(given) : reply().tool('StructuredOutput', given);
}
