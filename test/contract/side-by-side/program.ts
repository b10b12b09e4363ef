/** Runs one of the two programs through a case, in folders and against an API of its own, and notes all that can be seen from outside. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FakeMessagesApi, type FakeRequest } from '../../support/api/fake-messages-api.ts';
import { ONLY_THE_MODEL } from '../agent/real-program.ts';
import type { Case, Invocation, StdinPart } from './case.ts';

export interface ProgramUnderComparison {
  readonly name: 'claude' | 'andwait-print';
  readonly command: readonly [string, ...string[]];
}

export interface CallSeen {
  /** Exit code, or the name of the signal that ended it. */
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly FakeRequest[];
}

export interface CaseSeen {
  readonly dir: string;
  readonly calls: readonly CallSeen[];
  /** Contents by name; `undefined` for what is not there. */
  readonly files: Readonly<Record<string, string | undefined>>;
}

/** Neither program asks for anything but the model's answer, and both may do as root what they may do as anybody. */
const ENVIRONMENT = {
  ...ONLY_THE_MODEL,
  IS_SANDBOX: '1',
};

/** `signal` ends what still runs. */
export async function seenOf(
  program: ProgramUnderComparison,
  one: Case,
  { dir, signal }: { readonly dir: string; readonly signal: AbortSignal },
): Promise<CaseSeen> {
  for (const name of ['work', 'home']) mkdirSync(path.join(dir, name), { recursive: true });
  for (const [name, text] of Object.entries(one.files ?? {})) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, filledIn(text, dir, ''));
  }
  await using api = await FakeMessagesApi.start();
  const calls: CallSeen[] = [];
  let session = '';
  for (const call of one.calls) {
    const seen = await new Run(program, call, { dir, session, api, signal }).ended;
    session = /"session_id":"([^"]*)"/.exec(seen.stdout)?.[1] ?? session;
    calls.push(seen);
  }
  const looksAt = one.looksAt ?? [];
  return {
    dir,
    calls,
    files: Object.fromEntries(looksAt.map((name) => [name, textOf(path.join(dir, name))])),
  };
}

interface Stage {
  readonly dir: string;
  readonly session: string;
  readonly api: FakeMessagesApi;
  readonly signal: AbortSignal;
}

class Run {
  readonly ended: Promise<CallSeen>;
  readonly #stage: Stage;
  readonly #child: ChildProcessWithoutNullStreams;
  /** Requests of earlier calls. */
  readonly #before: number;
  #stdout = '';
  readonly #waiting: (() => void)[] = [];

  constructor({ command: [file, ...first] }: ProgramUnderComparison, call: Invocation, stage: Stage) {
    const { dir, session, api, signal } = stage;
    this.#stage = stage;
    this.#before = api.requests.length;
    const { replies = [] } = call;
    api.queue(...(typeof replies === 'function' ? replies(path.join(dir, 'work')) : replies));
    this.#child = spawn(file, [...first, ...call.args.map((arg) => filledIn(arg, dir, session))], {
      cwd: path.join(dir, 'work'),
      signal,
      killSignal: 'SIGKILL',
      env: {
        PATH: [path.dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
        ...ENVIRONMENT,
        ...api.env(path.join(dir, 'home')),
        ...environmentOf(call, dir, session),
      },
    });
    this.ended = this.#watch();
    this.#feed(call.stdin ?? '').catch((error: unknown) => this.#child.emit('error', error));
    if (call.interference !== undefined) void this.#interfere(call.interference);
  }

  async #watch(): Promise<CallSeen> {
    const child = this.#child;
    const stderr: Buffer[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#heard(text));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that refuses its flags does not read what is sent to it.
    child.stdin.on('error', () => {});
    const exit = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    });
    const requests = this.#stage.api.requests.slice(this.#before);
    return { exit, stdout: this.#stdout, stderr: Buffer.concat(stderr).toString('utf8'), requests };
  }

  #heard(text: string): void {
    this.#stdout += text;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once stdout holds so many matches. */
  async #untilSaid(pattern: RegExp, count: number): Promise<void> {
    while ((this.#stdout.match(pattern) ?? []).length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #feed(stdin: string | readonly StdinPart[]): Promise<void> {
    const parts = typeof stdin === 'string' ? [{ text: stdin }] : stdin;
    for (const part of parts) {
      const { text, afterResults = 0, afterRequests = 0, afterQuestions = 0, afterPieces = 0 } = part;
      if (afterRequests > 0) await this.#stage.api.request(this.#before + afterRequests);
      await this.#untilSaid(/"type":"stream_event".*\n/g, afterPieces);
      await this.#untilSaid(/"type":"result".*\n/g, afterResults);
      await this.#untilSaid(/"type":"control_request".*\n/g, afterQuestions);
      const asked = [...this.#stdout.matchAll(/"type":"control_request","request_id":"([^"]*)"/g)].at(
        -1,
      )?.[1];
      const { dir, session } = this.#stage;
      this.#child.stdin.write(filledIn(text, dir, session).replaceAll('{asked}', asked ?? ''));
    }
    this.#child.stdin.end();
  }

  async #interfere({ afterRequests, does }: NonNullable<Invocation['interference']>): Promise<void> {
    await this.#stage.api.request(this.#before + afterRequests);
    if (does === 'close-stdout') this.#child.stdout.destroy();
    else this.#child.kill(does);
  }
}

function environmentOf({ env = {} }: Invocation, dir: string, session: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, filledIn(value, dir, session)]),
  );
}

function filledIn(text: string, dir: string, session: string): string {
  return text
    .replaceAll('{cwd}', path.join(dir, 'work'))
    .replaceAll('{home}', path.join(dir, 'home'))
    .replaceAll('{session}', session);
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
