/** What a worker finds of those before it, and what it does with calls that bring no tree. */
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { QUEUE_FORMAT } from '../../../../src/wire/queue/queue-job.ts';
import { until } from '../../../support/looking.ts';
import { call, Heard, never, SETTINGS, said } from '../../../support/queue/queue-rig.ts';
import { TreeRig } from '../../../support/queue/tree-rig.ts';

const DAY_MS = 86_400_000;

test('trees of workers that are gone go, kept ones are told and go in time, commits that nobody uses likewise', async () => {
  const rig = new TreeRig();
  const host = hostname();
  rig.queue.clock.advance(100 * DAY_MS);
  const trees = rig.treesOf(host);
  const made = (name: string, ageDays: number): string => {
    const dir = path.join(rig.dirOf(host), name);
    mkdirSync(dir, { recursive: true });
    const seconds = (rig.queue.clock.now() - ageDays * DAY_MS) / 1000;
    utimesSync(dir, seconds, seconds);
    return dir;
  };
  const gone = [made(`calls/${host}+999999+1`, 0), made('calls/kept/r-1-1-a', 31), made('bases/0-whole', 8)];
  const stay = [made('calls/kept/r-1-2-b', 29), made('bases/1-whole', 6)];
  const said: string[] = [];
  const clearing = await trees.clearUpDaily((text) => said.push(text));
  expect(said).toEqual([
    `edits that could not be sent lie in ${path.join(rig.dirOf(host), 'calls/kept')}, each for 30 days: r-1-2-b`,
  ]);
  expect([gone.filter(existsSync), stay.filter(existsSync)]).toEqual([[], stay]);
  rig.queue.clock.advance(DAY_MS + 1000);
  await until(() => !stay.some(existsSync));
  clearing[Symbol.dispose]();
});

test('a call that wants a tree and brings none has no agent, save in a rehearsal', async () => {
  const rig = new TreeRig();
  const trees = rig.treesOf('one');
  const backend = { title: 't', at: () => backend, run: async () => said('x'), close: async () => {} };
  const job = { format: QUEUE_FORMAT, token: 't', runId: 'r', budgetUsd: undefined } as const;
  const isolated = { ...call('a'), isolation: 'worktree' } as const;
  const run = async (over: { readonly rehearse: boolean }) => {
    const whole = { ...job, call: isolated, settings: { ...SETTINGS, ...over } };
    return await trees.agentsFor(whole, backend, never, () => {}).run(isolated, new Heard(), never);
  };
  expect(await run({ rehearse: false })).toMatchObject({ reason: 'worktree-failed' });
  expect(await run({ rehearse: true })).toEqual(said('x'));
});
