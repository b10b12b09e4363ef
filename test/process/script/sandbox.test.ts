/** Enemies of the sandbox, each listed by what it tries. None succeeds, and none harms the next: all share one process. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptHost } from '../../../src/script/script-host.ts';
import { expectEnd } from '../../support/script/script-probe.ts';
import { GATE_PROBES } from '../../support/script/script-probes-gate.ts';
import { REALM_PROBES } from '../../support/script/script-probes-realm.ts';
import { REPEATABLE_PROBES } from '../../support/script/script-probes-repeatable.ts';
import { runIn, startHost } from '../../support/script/script-sandbox.ts';

let host: ScriptHost;
beforeAll(() => {
  host = startHost();
});
afterAll(async () => {
  expect(await runIn(host, `return 'alive'`)).toEqual({ kind: 'returned', json: '"alive"' });
  await host[Symbol.asyncDispose]();
});

test.each(GATE_PROBES)('the gate stops $tries', async (probe) => {
  await expectEnd(host, probe);
});

test.each(REALM_PROBES)('the realm contains $tries', async (probe) => {
  await expectEnd(host, probe);
});

test.each(REPEATABLE_PROBES)('repeatable: $tries', async (probe) => {
  await expectEnd(host, probe);
});
