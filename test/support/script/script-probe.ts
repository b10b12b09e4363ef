/** A probe: a script that tries to get at something it must not have, and the one end that proves that it tried and failed. */
import { expect } from 'vitest';
import { ScriptRefused } from '../../../src/script/parse-script.ts';
import type { ScriptHost } from '../../../src/script/script-host.ts';
import type { BreakReason } from '../../../src/script/script-world.ts';
import { EchoWorld, runIn } from './script-sandbox.ts';

export interface Probe {
  /** What it tries. */
  readonly tries: string;
  readonly script: string;
  /** Never "nothing happened": the probe itself says `contained` when its attempt was made and came to nothing. */
  readonly ends:
    | { readonly kind: 'refused'; readonly message: RegExp }
    | { readonly kind: 'contained' }
    | { readonly kind: 'threw'; readonly error: RegExp }
    | { readonly kind: 'broke'; readonly reason: BreakReason };
}

export function refused(tries: string, script: string, message: RegExp): Probe {
  return { tries, script, ends: { kind: 'refused', message } };
}

/** The script must return `contained`. */
export function contained(tries: string, script: string): Probe {
  return { tries, script, ends: { kind: 'contained' } };
}

export function threw(tries: string, script: string, error: RegExp): Probe {
  return { tries, script, ends: { kind: 'threw', error } };
}

export function broke(tries: string, script: string, reason: BreakReason): Probe {
  return { tries, script, ends: { kind: 'broke', reason } };
}

/** `__proto__` as an own key, which only JSON can make. */
const EVIL_ARGS = JSON.parse('{"evil":1,"__proto__":{"polluted":1}}');

export async function expectEnd(host: ScriptHost, { script, ends }: Probe): Promise<void> {
  const run = runIn(host, script, new EchoWorld(), EVIL_ARGS);
  switch (ends.kind) {
    case 'refused':
      await expect(run).rejects.toThrow(ScriptRefused);
      await expect(run).rejects.toThrow(ends.message);
      return;
    case 'contained':
      expect(await run).toEqual({ kind: 'returned', json: '"contained"' });
      return;
    case 'threw': {
      const end = await run;
      expect(end.kind === 'threw' ? `${end.error.name}: ${end.error.message}` : end.kind).toMatch(ends.error);
      return;
    }
    case 'broke':
      expect(await run).toEqual({ kind: 'broke', reason: ends.reason, message: expect.any(String) });
  }
}
