import { expect, test } from 'vitest';
import type { Program } from '../../../../src/core/program.ts';
import { parseFlags } from '../../../../src/print/flags/parse-flags.ts';
import { openAccount } from '../../../../src/print/models/open-account.ts';
import { type PrintOptions, readOptions } from '../../../../src/print/options.ts';

function options(...argv: readonly string[]): PrintOptions {
  const line = parseFlags(argv);
  const reading = line.kind === 'ok' ? readOptions(line) : undefined;
  if (reading?.kind !== 'ok') throw new Error('no options');
  return reading.options;
}

const BUDGET = ['--max-budget-usd', '1'];
const SMALL = { ANTHROPIC_SMALL_FAST_MODEL: 'mine' };

test.each<[string, string[], Record<string, string>, { model?: string; readsPages?: boolean }, string]>([
  ['all is known', BUDGET, {}, {}, 'ok'],
  ['the model is not', BUDGET, {}, { model: 'mine' }, 'refused'],
  ['a stand-in is not', [...BUDGET, '--fallback-model', 'mine'], {}, {}, 'refused'],
  ['the model that reads pages is not', BUDGET, SMALL, {}, 'refused'],
  ['that one is not asked', BUDGET, SMALL, { readsPages: false }, 'ok'],
  ['there is no budget', [], SMALL, { model: 'mine' }, 'ok'],
])('prices: %s', async (_name, argv, env, differs, kind) => {
  const asked = { model: 'claude-opus-5-5', readsPages: true, ...differs };
  const accounting = await openAccount({ env } as unknown as Program, options(...argv), asked);
  expect(accounting.kind).toBe(kind);
  if (accounting.kind === 'refused') {
    expect(accounting.message).toMatch(
      /^Error: --max-budget-usd 1 cannot be kept: the price of mine is not known/,
    );
  }
});
