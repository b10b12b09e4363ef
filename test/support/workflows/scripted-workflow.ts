/**
 * A bundled workflow whose agents say what the test wants: the sandbox's own language, without process, pool or journal.
 * Nothing more is answered before all that the last answer set off has run dry, so the order of answers is the test's to choose.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import vm from 'node:vm';
import { buildPrelude } from '../../../build/build.mjs';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import type { RunError } from '../../../src/core/run.ts';
import { OpenScript } from '../../../src/script/open-script.ts';
import { type ParsedScript, parseScript } from '../../../src/script/parse-script.ts';
import type { Bridge } from '../../../src/script/prelude/bridge.ts';
import { DEFAULT_LIMITS } from '../../../src/script/script-limits.ts';
import type { AgentRequest, Answer, ScriptEnd, ScriptWorld } from '../../../src/script/script-world.ts';
import { readWallLine } from '../../../src/script/wall-line.ts';
import { compileSchema } from '../../../src/wire/schemas/json-schema.ts';
import { thrown } from '../../../src/workflow/agent-answer.ts';
import { callRequestOf } from '../../../src/workflow/call-request.ts';
import { ManualClock } from '../manual-clock.ts';
import { seeded } from '../seeded.ts';

export interface ScriptedCall {
  readonly prompt: string;
  readonly label: string;
  readonly phase: string | undefined;
  readonly schema: JsonObject | undefined;
  readonly model: string | undefined;
  readonly effort: string | undefined;
  readonly isolation: string | undefined;
  readonly agentType: string | undefined;
  /** From 1, in the order in which the script asked. */
  readonly n: number;
}

/** Text, a value of the call's schema, or `null` where the agent fails. A value that is none of its schema: it never met it, and the call throws. */
export type ScriptedAnswer = string | JsonObject | null;

export interface Play {
  readonly args?: Json;
  readonly answer: (call: ScriptedCall) => ScriptedAnswer;
  /** Which of the waiting agents answers next: the first asked, the last asked, or by a generator of that seed. */
  readonly order?: 'started' | 'reversed' | number;
  readonly budgetTokens?: number;
  /** Output tokens of each agent. */
  readonly tokensEach?: number;
  /** Calls beyond this one are refused by a cap. */
  readonly maxAgents?: number;
}

export interface Played {
  readonly status: 'completed' | 'failed' | 'capped';
  /** What JSON made of the returned value. */
  readonly result: Json | undefined;
  readonly error: RunError | undefined;
  readonly logs: readonly string[];
  readonly phases: readonly string[];
  readonly calls: readonly ScriptedCall[];
}

/** The file of a bundled workflow. */
export function bundledScript(name: string): string {
  return path.resolve(import.meta.dirname, `../../../workflows/${name}/${name}.js`);
}

export async function playWorkflow(name: string, play: Play): Promise<Played> {
  return await playScript(bundledScript(name), play);
}

/** Rejects when the script waits for something that never comes. */
export async function playScript(file: string, play: Play): Promise<Played> {
  const script = parseScript(readFileSync(file, 'utf8'), file);
  const agents = new ScriptedAgents(script, play);
  const clock = new ManualClock();
  const realm = await freshRealm();
  const open = new OpenScript({
    scope: 1,
    world: agents,
    clock,
    send: (line) => deliver(realm.bridge, line),
  });
  let end: ScriptEnd | undefined;
  const ended = open.end.then((its) => {
    end = its;
  });
  start(realm, script, play);
  for (;;) {
    await runDry(realm.bridge, open);
    if (end !== undefined) break;
    const [nextTimerMs] = clock.pending;
    if (await agents.answerNext()) continue;
    if (nextTimerMs === undefined)
      throw new Error(`${file} waits for something that is neither agent nor timer`);
    clock.advance(nextTimerMs);
  }
  await ended;
  return { ...played(end), logs: agents.logs, phases: agents.phases, calls: agents.calls };
}

function played(end: ScriptEnd): Pick<Played, 'status' | 'result' | 'error'> {
  switch (end.kind) {
    case 'returned':
      return { status: 'completed', result: JSON.parse(end.json) as Json, error: undefined };
    case 'threw':
      return { status: end.cap ? 'capped' : 'failed', result: undefined, error: end.error };
    case 'broke':
      throw new Error(`the script broke its sandbox (${end.reason}): ${end.message}`);
  }
}

interface Realm {
  readonly context: vm.Context;
  readonly bridge: Bridge;
}

let prelude: Promise<vm.Script> | undefined;

async function freshRealm(): Promise<Realm> {
  prelude ??= buildPrelude().then(({ text }) => new vm.Script(text, { filename: 'prelude' }));
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  return { context, bridge: (await prelude).runInContext(context) as Bridge };
}

function start(
  { context, bridge }: Realm,
  { code, path: file }: ParsedScript,
  { args, budgetTokens }: Play,
): void {
  const body: unknown = new vm.Script(code, { filename: file }).runInContext(context);
  const argsJson = args === undefined ? undefined : JSON.stringify(args);
  bridge.start(body, 1, file, argsJson, budgetTokens ?? null, DEFAULT_LIMITS.messageBytes);
}

function deliver(bridge: Bridge, line: string): void {
  const { kind, id, payload } = wallLineOf(line.trimEnd());
  bridge.deliver(kind, id, payload);
}

/** Everything the script has to say, and all that it does without an answer: a turn of the loop comes after its microtasks. */
async function runDry(bridge: Bridge, open: OpenScript): Promise<void> {
  for (;;) {
    await turn();
    const lines = bridge.drain().split('\n').filter(Boolean);
    if (lines.length === 0) return;
    for (const line of lines) {
      const verdict = open.handle(wallLineOf(line));
      if (verdict !== 'ok') throw new Error(`the sandbox would end this script: ${verdict}`);
    }
  }
}

function wallLineOf(line: string) {
  const read = readWallLine(line);
  if (read === undefined) throw new Error(`no wall line: ${line}`);
  return read;
}

interface Waiting {
  readonly call: ScriptedCall;
  readonly resolve: (answer: Answer) => void;
}

class ScriptedAgents implements ScriptWorld {
  readonly logs: string[] = [];
  readonly phases: string[] = [];
  readonly calls: ScriptedCall[] = [];
  readonly #play: Play;
  readonly #metaModels: ReadonlyMap<string, string>;
  readonly #waiting: Waiting[] = [];
  readonly #chance: () => number;
  #tokens = 0;

  constructor({ meta }: ParsedScript, play: Play) {
    this.#play = play;
    this.#metaModels = new Map(meta.phases.flatMap(({ title, model }) => (model ? [[title, model]] : [])));
    this.#chance = seeded(typeof play.order === 'number' ? play.order : 0);
  }

  agent({ prompt, options }: AgentRequest): Promise<Answer> {
    const call = this.#callOf(prompt, options);
    this.calls.push(call);
    return new Promise((resolve) => this.#waiting.push({ call, resolve }));
  }

  #callOf(prompt: string, options: JsonObject): ScriptedCall {
    const place = { phase: this.phases.at(-1), workflow: undefined };
    const choices = {
      model: undefined,
      effort: undefined,
      modelFor: new Map<string, string>(),
      metaModels: this.#metaModels,
    };
    const { label, phase, schema, model, effort, isolation, agentType } = callRequestOf(
      prompt,
      options,
      place,
      choices,
    );
    const n = this.calls.length + 1;
    return { prompt, label, phase, schema, model, effort, isolation, agentType, n };
  }

  /** `false` when nobody waits. */
  async answerNext(): Promise<boolean> {
    const next = this.#next();
    if (next === undefined) return false;
    next.resolve(await this.#answerTo(next.call));
    return true;
  }

  #next(): Waiting | undefined {
    const { order = 'started' } = this.#play;
    if (order === 'started') return this.#waiting.shift();
    if (order === 'reversed') return this.#waiting.pop();
    return this.#waiting.splice(Math.floor(this.#chance() * this.#waiting.length), 1)[0];
  }

  async #answerTo(call: ScriptedCall): Promise<Answer> {
    const { maxAgents = 1000, budgetTokens, tokensEach = 10, answer } = this.#play;
    if (call.n > maxAgents) return capped(`the cap of ${maxAgents} agents is reached`);
    if (budgetTokens !== undefined && this.#tokens >= budgetTokens) return capped('the budget is spent');
    const schema = call.schema === undefined ? undefined : await compileSchema(call.schema);
    if (schema?.kind === 'bad') return thrown('Error', `agent() schema: ${schema.message}`);
    const said = answer(call);
    this.#tokens += tokensEach;
    if (said === null) {
      this.log(`[${call.label}] failed: the test had it fail`);
      return { kind: 'value', json: 'null' };
    }
    const mismatch = schema?.check(said) ?? wrongKind(call, said);
    if (mismatch !== undefined) {
      return thrown('Error', `[${call.label}] never gave a value of its schema: ${mismatch}`);
    }
    return { kind: 'value', json: JSON.stringify(said) };
  }

  workflow(): Promise<Answer> {
    return Promise.resolve(thrown('Error', 'this test knows no other workflow'));
  }

  phase(title: string): void {
    this.phases.push(title);
  }

  log(text: string): void {
    this.logs.push(text);
  }

  capSwallowed(): void {
    this.logs.push('a cap was swallowed');
  }

  spentTokens(): number {
    return this.#tokens;
  }
}

function capped(message: string): Answer {
  return { kind: 'error', name: 'Error', message, cap: true };
}

/** A mistake of the test, not of an agent. */
function wrongKind({ schema, label }: ScriptedCall, said: string | JsonObject): undefined {
  if (schema === undefined && isJsonObject(said)) {
    throw new TypeError(`the test answers [${label}] with an object, and it asks for text`);
  }
}
