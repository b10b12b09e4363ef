/** One script that is running: what it asks goes to its world, what the world answers goes back in, and after its end neither does. */
import { isJsonObject, type Json } from '../core/json.ts';
import type { Clock } from '../core/ports.ts';
import { MAX_OPEN_REQUESTS } from './script-limits.ts';
import type { Answer, ScriptEnd, ScriptWorld } from './script-world.ts';
import { parseWallJson } from './wall-json.ts';
import { type WallLine, wallLine } from './wall-line.ts';

export interface OpenScriptDeps {
  readonly scope: number;
  readonly world: ScriptWorld;
  readonly clock: Clock;
  send(line: string): void;
}

/** What a line from inside amounts to: fine, a flood, or something that no prelude of ours writes. */
export type Verdict = 'ok' | 'flooded' | 'alien';

export class OpenScript implements Disposable {
  readonly end: Promise<ScriptEnd>;
  readonly #deps: OpenScriptDeps;
  readonly #timers = new Map<number, () => void>();
  #settle: (end: ScriptEnd) => void = () => {};
  #fail: (bug: unknown) => void = () => {};
  #openCalls = 0;
  #toldTokens = 0;
  #isOver = false;

  constructor(deps: OpenScriptDeps) {
    this.#deps = deps;
    this.end = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  }

  settle(end: ScriptEnd): void {
    this[Symbol.dispose]();
    this.#settle(end);
  }

  /** For an abort, and for bugs outside. */
  fail(reason: unknown): void {
    this[Symbol.dispose]();
    this.#fail(reason);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  handle({ kind, id, payload }: WallLine): Verdict {
    if (this.#isOver) return 'ok';
    const value = parsed(payload);
    if (value === undefined) return 'alien';
    try {
      return this.#take(kind, id, value, payload);
    } catch (bug) {
      this.fail(bug);
      return 'ok';
    }
  }

  #take(kind: string, id: number, value: Json, payload: string): Verdict {
    switch (kind) {
      case 'agent':
        return this.#agent(id, value);
      case 'workflow':
        return this.#workflow(id, value);
      case 'phase':
      case 'log':
        if (typeof value !== 'string') return 'alien';
        this.#deps.world[kind](value);
        return 'ok';
      case 'capped':
        this.#deps.world.capSwallowed();
        return 'ok';
      case 'timer':
        return typeof value === 'number' ? this.#setTimer(id, value) : 'alien';
      case 'untimer':
        this.#timers.get(id)?.();
        this.#timers.delete(id);
        return 'ok';
      case 'flooded':
        return 'flooded';
      case 'returned':
        this.settle({ kind: 'returned', json: payload });
        return 'ok';
      case 'threw':
        return this.#threw(value);
      default:
        return 'alien';
    }
  }

  #agent(id: number, value: Json): Verdict {
    if (!isJsonObject(value) || typeof value['prompt'] !== 'string' || !isJsonObject(value['options'])) {
      return 'alien';
    }
    return this.#ask(id, this.#deps.world.agent({ prompt: value['prompt'], options: value['options'] }));
  }

  #workflow(id: number, value: Json): Verdict {
    if (!isJsonObject(value)) return 'alien';
    const { ref, args } = value;
    if (ref === undefined || (args !== undefined && typeof args !== 'string')) return 'alien';
    return this.#ask(id, this.#deps.world.workflow({ ref, argsJson: args }));
  }

  #ask(id: number, answer: Promise<Answer>): Verdict {
    this.#openCalls += 1;
    answer.then(
      (given) => this.#answer(id, given),
      (bug: unknown) => this.fail(bug),
    );
    return this.#openCalls > MAX_OPEN_REQUESTS ? 'flooded' : 'ok';
  }

  #answer(id: number, answer: Answer): void {
    this.#openCalls -= 1;
    if (this.#isOver) return;
    const { kind } = answer;
    // A line feed is white space in JSON text and the end of a line to us.
    const payload =
      answer.kind === 'value'
        ? answer.json.replaceAll('\n', ' ')
        : JSON.stringify({ name: answer.name, message: answer.message, cap: answer.cap });
    this.#send(kind, id, payload);
  }

  #setTimer(id: number, ms: number): Verdict {
    const cancel = this.#deps.clock.after(ms, () => {
      this.#timers.delete(id);
      this.#send('fire', id, 'null');
    });
    this.#timers.set(id, cancel);
    return this.#timers.size > MAX_OPEN_REQUESTS ? 'flooded' : 'ok';
  }

  #send(kind: string, id: number, payload: string): void {
    const { scope, world, send } = this.#deps;
    const tokens = world.spentTokens();
    if (tokens !== this.#toldTokens) {
      this.#toldTokens = tokens;
      send(wallLine('spent', scope, 0, String(tokens)));
    }
    send(wallLine(kind, scope, id, payload));
  }

  #threw(value: Json): Verdict {
    if (!isJsonObject(value)) return 'alien';
    const { name, message, stack, cap } = value;
    if (typeof name !== 'string' || typeof message !== 'string') return 'alien';
    const error = { name, message, stack: typeof stack === 'string' && stack !== '' ? stack : undefined };
    this.settle({ kind: 'threw', error, cap: cap === true });
    return 'ok';
  }
}

function parsed(payload: string): Json | undefined {
  try {
    return parseWallJson(payload);
  } catch {
    return undefined;
  }
}
