/** The world of one script, the run's own or a child: each has its own phase and log prefix; calls, caps and abort are the run's. */
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Refusal } from '../core/ports.ts';
import type { ParsedScript } from '../script/parse-script.ts';
import type { AgentRequest, Answer, ScriptWorld, WorkflowRequest } from '../script/script-host.ts';
import { compileSchema } from '../wire/schemas/json-schema.ts';
import { answerOf, answerOfRefusal, thrown } from './agent-answer.ts';
import { callAgent } from './call-agent.ts';
import { callRequestOf } from './call-request.ts';
import type { RunSession } from './run-session.ts';

export class ScriptScope implements ScriptWorld {
  readonly #session: RunSession;
  /** Name of the child workflow; `undefined` for the run's own script. */
  readonly #workflow: string | undefined;
  readonly #metaModels: ReadonlyMap<string, string>;
  #phase: string | undefined;

  constructor(session: RunSession, script: ParsedScript, workflow: string | undefined) {
    this.#session = session;
    this.#workflow = workflow;
    const models = script.meta.phases.flatMap(({ title, model }) =>
      model === undefined || model === 'inherit' ? [] : [[title, model] as const],
    );
    this.#metaModels = new Map(models);
  }

  phase(title: string): void {
    this.#phase = title;
    this.#session.phase(title, this.#workflow);
  }

  log(text: string, call?: number): void {
    this.#session.log(this.#workflow === undefined ? text : `[${this.#workflow}] ${text}`, call);
  }

  capSwallowed(): void {
    this.#session.capSwallowed();
  }

  spentTokens(): number {
    return this.#session.spentTokens();
  }

  /** The phase is taken before the first `await`: the script may have moved on by the time the checks are done. */
  agent({ prompt, options }: AgentRequest): Promise<Answer> {
    const place = { phase: this.#phase, workflow: this.#workflow };
    const choices = { ...this.#session.choices, metaModels: this.#metaModels };
    const request = callRequestOf(prompt, options, place, choices);
    return this.#session.track(async (signal) => {
      const objection = await this.#session.inOrder(() => this.#objectionTo(options, request.agentType));
      if (objection) return objection;
      const settled = await callAgent(request, this.#session.callDeps, signal);
      if (settled.kind === 'refused') return this.#refused(settled);
      if (settled.cappedBy !== undefined) return this.#refused(settled.cappedBy);
      const { answer, log } = answerOf(request.label, settled.outcome);
      if (log !== undefined) this.log(log, settled.call.id);
      return answer;
    });
  }

  #refused(refusal: Refusal): Answer {
    this.#session.capAnswered();
    return answerOfRefusal(refusal);
  }

  async #objectionTo(options: JsonObject, agentType: string | undefined): Promise<Answer | undefined> {
    const unknown = await this.#session.unknownAgentType(agentType);
    if (unknown !== undefined) return thrown('Error', unknown);
    const schema = options['schema'];
    if (schema === undefined || schema === null) return undefined;
    if (!isJsonObject(schema)) {
      return thrown('Error', `agent() schema must be a JSON Schema object, not ${JSON.stringify(schema)}`);
    }
    const check = await compileSchema(schema);
    return check.kind === 'bad' ? thrown('Error', `agent() schema: ${check.message}`) : undefined;
  }

  workflow({ ref, argsJson }: WorkflowRequest): Promise<Answer> {
    if (this.#workflow !== undefined) {
      return Promise.resolve(
        thrown('Error', `workflow() inside the child workflow ${this.#workflow}: only one level is allowed`),
      );
    }
    return this.#session.track(async () => await this.#child(ref, argsJson));
  }

  async #child(ref: Json, argsJson: string | undefined): Promise<Answer> {
    const session = this.#session;
    const found = await session.workflows.find(ref);
    if (found.kind === 'problem') return thrown(found.name, found.message);
    const { script } = found;
    const { name } = script.meta;
    this.log(`▸ running workflow ${name}`);
    const end = await session.runScript(script, argsJson, new ScriptScope(session, script, name));
    this.log(`▸ ${name} ${end.kind === 'returned' ? 'done' : 'failed'}`);
    switch (end.kind) {
      case 'returned':
        return { kind: 'value', json: end.json };
      case 'threw':
        return { kind: 'error', name: end.error.name, message: end.error.message, cap: end.cap };
      case 'broke':
        return thrown('Error', end.message);
    }
  }
}
