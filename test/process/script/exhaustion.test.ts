/** Scripts that never end or take all there is, each in a process of its own, with limits small enough to be quick. */
import { expect, test } from 'vitest';
import type { ScriptLimits } from '../../../src/script/script-host.ts';
import { expectEnd } from '../../support/script-probe.ts';
import {
  ENDLESS_PROBES,
  FLOOD_PROBES,
  GREEDY_PROBES,
  SURVIVED_PROBES,
} from '../../support/script-probes-exhaustion.ts';
import { runIn, startHost } from '../../support/script-sandbox.ts';

const ENDLESS: Partial<ScriptLimits> = { syncMs: 400 };
const GREEDY: Partial<ScriptLimits> = { heapMb: 64, residentMb: 250 };
const SMALL_MESSAGES: Partial<ScriptLimits> = { messageBytes: 4 * 1024 * 1024 };

test.each(ENDLESS_PROBES)('ends $tries', async (probe) => {
  await using host = startHost(ENDLESS);
  await expectEnd(host, probe);
});

test.each(GREEDY_PROBES)('ends $tries', async (probe) => {
  await using host = startHost(GREEDY);
  await expectEnd(host, probe);
});

test.each(FLOOD_PROBES)('ends $tries', async (probe) => {
  await using host = startHost(SMALL_MESSAGES);
  await expectEnd(host, probe);
});

test.each(SURVIVED_PROBES)('survives $tries', async (probe) => {
  await using host = startHost(SMALL_MESSAGES);
  await expectEnd(host, probe);
  expect(await runIn(host, `return 'alive'`)).toEqual({ kind: 'returned', json: '"alive"' });
});
