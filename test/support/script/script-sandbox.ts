/** Runs script text in the built sandbox against a world that answers at once: what process tests of the script engine share. */
import path from 'node:path';
import type { Json } from '../../../src/core/json.ts';
import { parseScript } from '../../../src/script/parse-script.ts';
import {
  type AgentRequest,
  type Answer,
  DEFAULT_LIMITS,
  type ScriptEnd,
  ScriptHost,
  type ScriptLimits,
  type ScriptWorld,
  type WorkflowRequest,
} from '../../../src/script/script-host.ts';
import { systemClock } from '../system-clock.ts';

const SCRIPT_PATH = 'probe.js';
export const HOST_PATH = path.resolve(import.meta.dirname, '../../../dist/script-host.cjs');

/** Answers an agent by its prompt: `JSON:` gives what follows as the value, `CAP` refuses, anything else is echoed. */
export class EchoWorld implements ScriptWorld {
  readonly prompts: string[] = [];
  readonly requests: AgentRequest[] = [];
  readonly logs: string[] = [];
  readonly phases: string[] = [];
  swallowedCaps = 0;

  agent(request: AgentRequest): Promise<Answer> {
    this.requests.push(request);
    this.prompts.push(request.prompt);
    return Promise.resolve(answerTo(request.prompt));
  }

  workflow({ ref }: WorkflowRequest): Promise<Answer> {
    const message = `no workflow ${JSON.stringify(ref)}`;
    return Promise.resolve({ kind: 'error', name: 'TypeError', message, cap: false });
  }

  phase(title: string): void {
    this.phases.push(title);
  }

  log(text: string): void {
    this.logs.push(text);
  }

  capSwallowed(): void {
    this.swallowedCaps += 1;
  }

  spentTokens(): number {
    return this.prompts.length * 10;
  }
}

function answerTo(prompt: string): Answer {
  if (prompt.startsWith('JSON:')) return { kind: 'value', json: prompt.slice('JSON:'.length) };
  if (prompt === 'CAP') return { kind: 'error', name: 'Error', message: 'no more agents', cap: true };
  return { kind: 'value', json: JSON.stringify(`echo: ${prompt}`) };
}

export function startHost(limits: Partial<ScriptLimits> = {}): ScriptHost {
  return ScriptHost.start({
    nodePath: process.execPath,
    hostPath: HOST_PATH,
    clock: systemClock,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
}

/** `meta` on the first line, so that the body begins on the second. */
export function scriptOf(body: string): string {
  return `export const meta = { name: 'probe', description: 'a probe' }\n${body}`;
}

export async function runIn(
  host: ScriptHost,
  body: string,
  world: ScriptWorld = new EchoWorld(),
  args?: Json,
  budgetTotal: number | null = null,
): Promise<ScriptEnd> {
  const script = parseScript(scriptOf(body), SCRIPT_PATH);
  const argsJson = args === undefined ? undefined : JSON.stringify(args);
  return await host.run(script, argsJson, budgetTotal, world, new AbortController().signal);
}
