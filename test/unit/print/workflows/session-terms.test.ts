import { expect, test } from 'vitest';
import { parseFlags } from '../../../../src/print/flags/parse-flags.ts';
import { readOptions } from '../../../../src/print/options.ts';
import { NO_SETTINGS } from '../../../../src/print/settings/settings.ts';
import { type LimitedSession, termsOf } from '../../../../src/print/workflows/session-terms.ts';

test('the budget is that of this process, whatever a resumed session has cost before', () => {
  const line = parseFlags(['-p', 'x', '--max-budget-usd', '3']);
  const reading = line.kind === 'ok' ? readOptions(line) : undefined;
  if (reading?.kind !== 'ok') throw new Error('no options');
  const session = {
    options: reading.options,
    program: { cwd: '/p' },
    cast: { agents: [] },
    equipment: {},
    settings: NO_SETTINGS,
    account: { costUsd: 9, spentUsd: 1 },
    sessionId: 's',
    gate: () => ({ mode: 'default' }),
    model: () => 'm',
  };
  expect(termsOf(session as unknown as LimitedSession).remainingUsd).toBe(2);
});
