/** A whole `andwait` on a terminal that the test looks at and types on. Its time passes while the test waits for something to be shown. */
import { PassThrough, Writable } from 'node:stream';
import { andwaitMain } from '../../../src/cli/main.ts';
import type { Program, ProgramSignal } from '../../../src/core/program.ts';
import type { TerminalSize } from '../../../src/report/progress/screen-region.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { VirtualScreen } from '../report/virtual-screen.ts';

/** Little: what the outside world does takes many turns. */
const TURN_MS = 10;

export interface TerminalRigOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `undefined`: stdout and stdin are pipes. */
  readonly terminal?: TerminalSize;
}

class Stdin extends PassThrough {
  readonly isTTY: boolean;
  readonly modes: boolean[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw);
  }
}

export class TerminalRig {
  readonly clock = new ManualClock();
  readonly ended: Promise<number>;
  readonly #stdin: Stdin;
  readonly #screen: VirtualScreen | undefined;
  readonly #signals = new Map<ProgramSignal, () => void>();
  #written = '';
  #stderr = '';

  constructor(home: string, argv: readonly string[], { terminal, env = {} }: TerminalRigOptions = {}) {
    this.#stdin = new Stdin(terminal !== undefined);
    this.#screen = terminal === undefined ? undefined : new VirtualScreen(terminal);
    const stdout = sink((text) => {
      this.#written += text;
      this.#screen?.write(text);
    });
    const size = terminal === undefined ? {} : { isTTY: true, ...terminal };
    const program: Program = {
      argv,
      env: { ANDWAIT_HOME: home, NO_COLOR: '1', PATH: '/usr/bin:/bin', ...env },
      cwd: home,
      stdin: this.#stdin,
      stdout: Object.assign(stdout, size),
      stderr: sink((text) => {
        this.#stderr += text;
      }),
      clock: this.clock,
      random: () => 0.5,
      nodePath: process.execPath,
      distDir: DIST,
      pid: process.pid,
      cores: 2,
      uid: process.getuid?.() ?? 0,
      homeDir: home,
      // Who began a recorded run is long gone.
      kill: () => {
        throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
      },
      ignoredSignals: [],
      onSignal: (signal, listener) => {
        this.#signals.set(signal, listener);
        return () => this.#signals.delete(signal);
      },
    };
    this.ended = andwaitMain(program);
  }

  get stdout(): string {
    return this.#written;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** What the screen holds, what scrolled off included. */
  get lines(): string[] {
    return this.#screen?.all() ?? this.#written.split('\n').slice(0, -1);
  }

  /** What raw mode was set to, one after the other. */
  get rawModes(): readonly boolean[] {
    return this.#stdin.modes;
  }

  type(bytes: string): void {
    this.#stdin.write(bytes);
  }

  signal(name: ProgramSignal): void {
    this.#signals.get(name)?.();
  }

  get listensFor(): ProgramSignal[] {
    return [...this.#signals.keys()];
  }

  async until(shown: (lines: readonly string[]) => boolean): Promise<string[]> {
    while (!shown(this.lines)) await this.#turn();
    return this.lines;
  }

  async end(): Promise<number> {
    let code: number | undefined;
    void this.ended.then((value) => {
      code = value;
    });
    while (code === undefined) await this.#turn();
    return code;
  }

  /** Lets time pass, and then everything happen that the outside world has ready. */
  async #turn(): Promise<void> {
    this.clock.advance(TURN_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function sink(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      take(String(chunk));
      done();
    },
  });
}
