/** `apiKeyHelper` of the settings: a shell command whose output is the key. What it prints goes into requests and nowhere else. */
import type { Clock } from '../../core/ports.ts';
import { programOutput } from '../program-output.ts';
import { CredentialsFailure } from './connection.ts';
import { isSendable } from './no-credentials.ts';

export interface KeyHelperDeps {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** How long a key counts. */
  readonly ttlMs: number;
}

/** A login in a browser may be part of it. */
const LONGEST_WAIT_MS = 60_000;
const MAX_KEY_BYTES = 64_000;

export class KeyHelper {
  readonly #deps: KeyHelperDeps;
  #known: { readonly key: string; readonly atMs: number } | undefined;

  constructor(deps: KeyHelperDeps) {
    this.#deps = deps;
  }

  /** Rejects with `CredentialsFailure`, or the signal's reason. */
  async key(signal: AbortSignal): Promise<string> {
    const { clock, ttlMs } = this.#deps;
    if (this.#known !== undefined && clock.monotonicMs() - this.#known.atMs < ttlMs) return this.#known.key;
    const key = await this.#ask(signal);
    this.#known = { key, atMs: clock.monotonicMs() };
    return key;
  }

  /** Returns that another one can be asked for. */
  forget(): true {
    this.#known = undefined;
    return true;
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const { command, cwd, env, clock } = this.#deps;
    const output = await programOutput({
      file: '/bin/sh',
      args: ['-c', command],
      cwd,
      env,
      timeoutMs: LONGEST_WAIT_MS,
      maxBytes: MAX_KEY_BYTES,
      signal,
      clock,
    });
    if (output === undefined) throw failed('/bin/sh could not be started');
    if (output.cut === 'time') throw failed(`it printed no key within ${LONGEST_WAIT_MS / 1000} s`);
    if (output.cut === 'size') throw failed(`it printed more than ${MAX_KEY_BYTES} bytes`);
    if (output.code !== 0)
      throw failed(output.code === null ? 'a signal ended it' : `it exited with ${output.code}`);
    const key = output.stdout.toString('utf8').trim();
    if (key === '') throw failed('it printed nothing');
    if (!isSendable(key))
      throw failed('what it printed is no key: it holds white space or control characters');
    return key;
  }
}

/** Neither the command nor what it said: both may hold the secret. */
function failed(why: string): CredentialsFailure {
  return new CredentialsFailure(
    `apiKeyHelper failed: ${why}. Run the command of that setting in a shell to see why`,
  );
}
