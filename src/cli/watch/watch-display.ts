/** Where a watched run is shown: a live tree with keys on a terminal, plain lines elsewhere. */
import { UserError } from '../../core/exit.ts';
import type { Clock } from '../../core/ports.ts';
import type { Program } from '../../core/program.ts';
import type { RunEvent } from '../../core/progress.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { LiveTree } from '../../report/progress/live-tree.ts';
import { plainProgress } from '../../report/progress/plain-progress.ts';
import type { ProgressSink } from '../../report/progress/progress-sink.ts';
import type { RunView } from '../../report/progress/run-view.ts';
import { isScreen, sizeOf, wantsColour } from '../run/open-progress.ts';
import type { SteerOrder } from '../steer/steer-words.ts';
import { listenForKeys } from './key-input.ts';
import type { Key } from './keys.ts';
import { WatchScreen } from './watch-screen.ts';
import type { WatchOrder } from './watch-state.ts';

export interface WatchDisplay extends Disposable {
  /** What the events of the last attempt so far amount to. */
  readonly view: RunView;
  show(events: readonly RunEvent[]): void;
  /** Nothing follows: the last tree stays, and the terminal is as it was. */
  end(): void;
}

export interface WatchDeps {
  readonly program: Program;
  readonly clock: Clock;
  /** Takes hold of the run: resolves, in words, once it was told, and rejects with a `UserError` that says why it cannot be. */
  readonly steer: (order: SteerOrder) => Promise<string>;
  /** The person wants no more of it; with Ctrl-C as by the signal. */
  readonly leave: (by: 'quit' | 'SIGINT') => void;
  /** A bug, met where nobody awaits. */
  readonly fail: (error: unknown) => void;
}

export function openWatch(folder: RunFolder, deps: WatchDeps): WatchDisplay {
  const { stdout, env } = deps.program;
  return isScreen(stdout, env) ? new TerminalWatch(folder, deps) : new PlainWatch(deps);
}

/** All there is from the attempt's beginning, as the run itself told it. */
class PlainWatch implements WatchDisplay {
  readonly #deps: WatchDeps;
  #sink: ProgressSink;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#sink = this.#open();
  }

  get view(): RunView {
    return this.#sink.view;
  }

  show(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === 'run_started' && this.view.started !== undefined) this.#sink = this.#open();
      this.#sink.event(event);
    }
  }

  end(): void {
    this.#sink.end();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #open(): ProgressSink {
    // Of an attempt that another one followed.
    this.#sink?.end();
    const { program, clock } = this.#deps;
    return plainProgress({ out: program.stdout, clock });
  }
}

/** Of what was before somebody watched, so many log lines are told. */
const LOG_EVENTS_TOLD = 10;

class TerminalWatch implements WatchDisplay {
  readonly #deps: WatchDeps;
  readonly #screen: WatchScreen;
  readonly #keys: Disposable | undefined;
  #tree: LiveTree;
  #isFirst = true;
  #hasEnded = false;

  constructor(folder: RunFolder, deps: WatchDeps) {
    this.#deps = deps;
    this.#keys = listenForKeys(deps.program, (key) => this.#pressed(key));
    this.#screen = new WatchScreen(folder, { hasKeys: this.#keys !== undefined });
    this.#tree = this.#open();
  }

  get view(): RunView {
    return this.#tree.view;
  }

  show(events: readonly RunEvent[]): void {
    const told = this.#isFirst ? new Set(events.filter(isLog).slice(-LOG_EVENTS_TOLD)) : undefined;
    this.#isFirst = false;
    for (const event of events) {
      if (event.type === 'run_started' && this.view.started !== undefined) {
        this.#screen.forGood(() => this.#tree.end());
        this.#tree = this.#open();
      }
      // What happened before is in the tree, and does not scroll by.
      if (told === undefined || told.has(event)) this.#tree.event(event);
      else this.view.apply(event);
    }
    this.#tree.refresh();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#screen.forGood(() => this.#tree.end());
    this.#keys?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #open(): LiveTree {
    const { clock, program } = this.#deps;
    const { stdout: out, env } = program;
    return new LiveTree({
      out,
      size: sizeOf(out),
      clock,
      colour: wantsColour(env),
      frame: this.#screen.frame,
    });
  }

  #pressed(key: Key): void {
    const order = this.#screen.pressed(key, this.view, this.view.held?.cause === 'person');
    if (order !== undefined) this.#carryOut(order).catch(this.#deps.fail);
    this.#tree.refresh();
  }

  async #carryOut(order: WatchOrder): Promise<void> {
    const { leave } = this.#deps;
    switch (order.kind) {
      case 'quit':
        return leave('quit');
      case 'interrupt':
        return leave('SIGINT');
      case 'skip':
      case 'retry':
        return await this.#steer({ action: order.kind, call: order.call });
      case 'pause':
      case 'continue':
      case 'stop':
        return await this.#steer({ action: order.kind, call: undefined });
    }
  }

  async #steer(order: SteerOrder): Promise<void> {
    try {
      this.#screen.tell(await this.#deps.steer(order));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const what = order.call === undefined ? order.action : `${order.action} #${order.call}`;
      this.#screen.tell(`${what}: ${error.message}`);
    }
    this.#tree.refresh();
  }
}

function isLog({ type }: RunEvent): boolean {
  return type === 'log';
}
