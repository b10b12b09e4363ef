/** Runs scripts in one child process without authority: the run's own, and child workflows beside it, all ended together. */

import type { ChildBreak } from './child-end.ts';
import { OpenScript } from './open-script.ts';
import type { ParsedScript } from './parse-script.ts';
import { type ChildOptions, ScriptChild } from './script-child.ts';
import type { ScriptEnd, ScriptWorld } from './script-world.ts';
import { type WallLine, wallLine } from './wall-line.ts';

export { DEFAULT_LIMITS, type ScriptLimits } from './script-limits.ts';
export type { AgentRequest, Answer, ScriptEnd, ScriptWorld, WorkflowRequest } from './script-world.ts';

export type ScriptHostOptions = ChildOptions;

/** What a log line costs beside its text, so that empty lines are not free. */
const LOG_LINE_BYTES = 64;

export class ScriptHost implements AsyncDisposable {
  readonly #options: ScriptHostOptions;
  readonly #child: ScriptChild;
  readonly #open = new Map<number, OpenScript>();
  #lastScope = 0;
  #logBytes = 0;
  #end: ChildBreak | undefined;

  /** Spawns the child at once: it warms up while the caller prepares. */
  static start(options: ScriptHostOptions): ScriptHost {
    return new ScriptHost(options);
  }

  private constructor(options: ScriptHostOptions) {
    this.#options = options;
    this.#child = new ScriptChild(options, {
      line: (line) => this.#line(line),
      ended: (end) => this.#ended(end),
    });
  }

  /**
   * Contract: rejects with `signal.reason` when that is aborted (then the child is killed, and with it every other script),
   * and with what the world threw, if it did; everything the script does is a ScriptEnd.
   */
  async run(
    script: ParsedScript,
    argsJson: string | undefined,
    budgetTotal: number | null,
    world: ScriptWorld,
    signal: AbortSignal,
  ): Promise<ScriptEnd> {
    signal.throwIfAborted();
    if (this.#end !== undefined) return { kind: 'broke', ...this.#end };
    this.#lastScope += 1;
    const scope = this.#lastScope;
    using open = new OpenScript({
      scope,
      world,
      clock: this.#options.clock,
      send: (line) => this.#child.send(line),
    });
    const abort = () => {
      this.#child.kill('crashed', 'the run was stopped');
      open.fail(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#open.set(scope, open);
    this.#child.send(wallLine('run', scope, 0, this.#start(script, argsJson, budgetTotal)));
    try {
      return await open.end;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#open.delete(scope);
      this.#child.send(wallLine('end', scope, 0));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }

  #start({ path, code }: ParsedScript, argsJson: string | undefined, budgetTotal: number | null): string {
    const { messageBytes } = this.#options.limits;
    return JSON.stringify({ path, code, argsJson, budgetTotal, messageBytes });
  }

  #line(line: WallLine): void {
    const open = this.#open.get(line.scope);
    if (open === undefined) return;
    if (line.kind === 'log' || line.kind === 'phase') {
      this.#logBytes += line.payload.length + LOG_LINE_BYTES;
    }
    const verdict = this.#logBytes > this.#options.limits.messageBytes ? 'flooded' : open.handle(line);
    if (verdict === 'flooded') {
      this.#child.kill('flooded', 'the script logged, or started calls and timers, without end');
    } else if (verdict === 'alien') {
      this.#child.kill('crashed', `the script's process sent a malformed "${line.kind}" message`);
    }
  }

  #ended(end: ChildBreak): void {
    this.#end = end;
    for (const open of this.#open.values()) open.settle({ kind: 'broke', ...end });
  }
}
