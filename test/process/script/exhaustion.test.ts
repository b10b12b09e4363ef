/** Scripts that never end or take all there is, each in a process of its own, with limits small enough to be quick. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptHost, ScriptLimits } from '../../../src/script/script-host.ts';
import { expectEnd } from '../../support/script/script-probe.ts';
import {
  ENDLESS_PROBES,
  FLOOD_PROBES,
  GREEDY_PROBES,
  SURVIVED_PROBES,
} from '../../support/script/script-probes-exhaustion.ts';
import { runIn, startHost } from '../../support/script/script-sandbox.ts';

const ENDLESS: Partial<ScriptLimits> = { syncMs: 200 };
const GREEDY: Partial<ScriptLimits> = { heapMb: 32, residentMb: 160 };
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

describe('survives', () => {
  /** One for all: whatever one of them left behind, the next meets. */
  let host: ScriptHost;
  beforeAll(() => {
    host = startHost(SMALL_MESSAGES);
  });
  afterAll(async () => await host[Symbol.asyncDispose]());

  test.each(SURVIVED_PROBES)('$tries', async (probe) => {
    await expectEnd(host, probe);
    expect(await runIn(host, `return 'alive'`)).toEqual({ kind: 'returned', json: '"alive"' });
  });
});
