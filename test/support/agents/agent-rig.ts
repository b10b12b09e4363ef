/** A program that stands for the agent: each time it is started a real child connects back, and the test steers it. */
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { AgentProgram } from '../../../src/agent/program/agent-program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const PUPPET = path.join(import.meta.dirname, 'agent-puppet.cjs');

export interface StartReport {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export class AgentRig {
  /** What to run. */
  readonly program: AgentProgram;
  /** On it lies the program, under the name `claude`. */
  readonly binDir: string;
  readonly #arrived: SteeredAgent[] = [];
  readonly #waiting: ((agent: SteeredAgent) => void)[] = [];

  private constructor(binDir: string) {
    this.binDir = binDir;
    this.program = { kind: 'claude', path: path.join(binDir, 'claude'), prefixArgs: [], version: undefined };
  }

  static async start(): Promise<AgentRig> {
    const dir = temporaryFolder();
    const socket = path.join(dir, 'rig.sock');
    const rig = new AgentRig(dir);
    writeFileSync(
      rig.program.path,
      `#!${process.execPath}\nrequire(${JSON.stringify(PUPPET)})(${JSON.stringify(socket)});\n`,
    );
    chmodSync(rig.program.path, 0o755);
    const server = net.createServer((connection) => rig.#connected(connection));
    server.listen(socket);
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      for (const agent of rig.#all) agent.release();
    });
    return rig;
  }

  readonly #all: SteeredAgent[] = [];

  /** The next agent that starts, or started and was not asked for yet. */
  next(): Promise<SteeredAgent> {
    const agent = this.#arrived.shift();
    if (agent) return Promise.resolve(agent);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #connected(connection: net.Socket): void {
    const agent = new SteeredAgent(connection, () => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(agent);
      else this.#arrived.push(agent);
    });
    this.#all.push(agent);
  }
}

type Message =
  | ({ readonly is: 'started' } & StartReport)
  | { readonly is: 'done'; readonly order: number; readonly value?: unknown }
  | { readonly is: 'signalled'; readonly signal: string };

export class SteeredAgent {
  #report: StartReport | undefined;
  readonly #connection: net.Socket;
  readonly #started: () => void;
  readonly #answers = new Map<number, (value: unknown) => void>();
  readonly #signals = new Map<string, () => void>();
  #orders = 0;
  #rest = '';

  constructor(connection: net.Socket, started: () => void) {
    this.#connection = connection;
    this.#started = started;
    connection.setEncoding('utf8');
    // A killed agent resets the connection; the test learns of its end from the code under test.
    connection.on('error', () => {});
    connection.on('data', (text: string) => this.#read(text));
  }

  /** How it was started. */
  get report(): StartReport {
    if (this.#report === undefined) throw new Error('the agent has not reported yet');
    return this.#report;
  }

  /** Writes to its stdout; text, or an event as a line. */
  async says(output: string | Buffer | object): Promise<void> {
    const line =
      typeof output === 'string' || Buffer.isBuffer(output) ? output : `${JSON.stringify(output)}\n`;
    await this.#order({ do: 'stdout', base64: Buffer.from(line).toString('base64') });
  }

  /** `before`, then `fill` so many times, then `after`, on its stdout. */
  async saysFilled(before: string, fill: string, times: number, after: string): Promise<void> {
    await this.#order({ do: 'stdoutFilled', before, fill, times, after });
  }

  async complains(text: string | Buffer): Promise<void> {
    await this.#order({ do: 'stderr', base64: Buffer.from(text).toString('base64') });
  }

  /** Its whole stdin; resolves only because that ends. */
  async reads(): Promise<string> {
    return Buffer.from((await this.#order({ do: 'readStdin' })) as string, 'base64').toString('utf8');
  }

  async closesStdin(): Promise<void> {
    await this.#order({ do: 'closeStdin' });
  }

  async closesStdout(): Promise<void> {
    await this.#order({ do: 'closeStdout' });
  }

  /** From now on the signal does not end it; resolve `received` to learn of it. */
  async ignores(signal: NodeJS.Signals): Promise<{ readonly received: Promise<void> }> {
    const received = new Promise<void>((resolve) => this.#signals.set(signal, resolve));
    await this.#order({ do: 'ignore', signal });
    return { received };
  }

  /** Starts a child of its own; its pid. */
  async starts(grandchild: {
    readonly stdio: 'inherit' | 'ignore';
    readonly ignoresTerm?: boolean;
    readonly ownGroup?: boolean;
  }): Promise<number> {
    return (await this.#order({
      do: 'grandchild',
      ignoresTerm: false,
      ownGroup: false,
      ...grandchild,
    })) as number;
  }

  exits(code: number): void {
    this.#send({ do: 'exit', code });
  }

  dies(signal: NodeJS.Signals): void {
    this.#send({ do: 'kill', signal });
  }

  /** Lets it go if it still lives. */
  release(): void {
    this.#connection.destroy();
  }

  #order(order: object): Promise<unknown> {
    return new Promise((resolve) => {
      this.#answers.set(this.#send(order), resolve);
    });
  }

  #send(order: object): number {
    this.#orders += 1;
    this.#connection.write(`${JSON.stringify({ ...order, id: this.#orders })}\n`);
    return this.#orders;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(JSON.parse(line) as Message);
  }

  #take(message: Message): void {
    switch (message.is) {
      case 'started':
        this.#report = message;
        this.#started();
        return;
      case 'done':
        this.#answers.get(message.order)?.(message.value);
        return;
      case 'signalled':
        this.#signals.get(message.signal)?.();
        return;
    }
  }
}
