/** One vm realm per script: our side holds inner objects without ever reading them, and hands nothing in but strings and numbers. */
import vm from 'node:vm';
import preludeText from 'virtual:prelude';
import type { Bridge } from '../prelude/bridge.ts';
import { readWallLine, type WallLine, wallLine } from '../wall-line.ts';

interface Start {
  readonly path: string;
  readonly code: string;
  readonly argsJson?: string;
  readonly budgetTotal: number | null;
  readonly messageBytes: number;
}

export class Realms {
  readonly #prelude = new vm.Script(preludeText, { filename: 'prelude' });
  readonly #bridges = new Map<number, Bridge>();
  /** Made ahead, while the caller is still preparing the run. */
  #spare: Realm | undefined = this.#realm();
  #refusals = '';

  handle(line: string): void {
    const message = readWallLine(line);
    if (message === undefined) throw new Error('a line that is no wall line');
    if (message.kind === 'run') this.#run(message);
    else if (message.kind === 'end') this.#bridges.delete(message.scope);
    else this.#bridges.get(message.scope)?.deliver(message.kind, message.id, message.payload);
  }

  /** All lines the scripts have for the outside. */
  drain(): string {
    let lines = this.#refusals;
    this.#refusals = '';
    for (const bridge of this.#bridges.values()) lines += textOnly(bridge.drain());
    return lines;
  }

  #run({ scope, payload }: WallLine): void {
    const start = JSON.parse(payload) as Start;
    const { context, bridge } = this.#spare ?? this.#realm();
    this.#spare = undefined;
    let body: unknown;
    try {
      // Without `importModuleDynamically` a stray import() rejects; the gate outside has refused it before.
      body = new vm.Script(start.code, { filename: start.path }).runInContext(context);
    } catch (error) {
      this.#refusals += wallLine('threw', scope, 0, JSON.stringify(compileError(error)));
      return;
    }
    this.#bridges.set(scope, bridge);
    bridge.start(body, scope, start.path, start.argsJson, start.budgetTotal, start.messageBytes);
  }

  #realm(): Realm {
    // No contextified object: a plain realm whose global is an ordinary object, without interceptors of ours.
    const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
      codeGeneration: { strings: false, wasm: false },
    });
    return { context, bridge: this.#prelude.runInContext(context) as Bridge };
  }
}

interface Realm {
  readonly context: vm.Context;
  readonly bridge: Bridge;
}

/** Syntax that the gate read and V8 does not; the error is one of our own realm. */
function compileError(error: unknown): { readonly name: string; readonly message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'SyntaxError', message: 'the script could not be compiled' };
}

function textOnly(drained: unknown): string {
  if (typeof drained !== 'string') throw new TypeError('a realm drained something that is no text');
  return drained;
}
