import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunStatus } from '../../../src/core/run.ts';
import { collectGarbage, type GarbageRule } from '../../../src/journal/collect-garbage.ts';
import { takeRunLock } from '../../../src/journal/run-lock.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 0, 31);
const DAY_MS = 86_400_000;
const OLDER_THAN_10_DAYS: GarbageRule = {
  olderThanMs: 10 * DAY_MS,
  maxBytes: null,
  keepFailed: false,
  dryRun: false,
};

/** A state folder with a run of that age, ended as said. */
function stateWith(...runs: readonly (readonly [id: string, ageDays: number, status?: RunStatus])[]) {
  const state = temporaryFolder();
  for (const [id, ageDays, status = 'completed'] of runs) {
    const dir = path.join(state, 'runs', id);
    mkdirSync(dir, { recursive: true });
    const at = NOW - ageDays * DAY_MS;
    const header = { type: 'header', format: 1, runId: id, version: '0.1.0', at };
    const end = { type: 'end', attempt: 1, status, at };
    const files = {
      'run.json': JSON.stringify({ ...DESCRIPTION, runId: id }),
      'journal.ndjson': `${JSON.stringify(header)}\n${JSON.stringify(end)}\n`,
      'result.json': JSON.stringify({ status }),
      padding: 'x'.repeat(1000),
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(dir, name), text);
      utimesSync(path.join(dir, name), at / 1000, at / 1000);
    }
    utimesSync(dir, at / 1000, at / 1000);
  }
  return state;
}

async function collected(state: string, rule: Partial<GarbageRule>) {
  const all = await collectGarbage(state, { ...OLDER_THAN_10_DAYS, ...rule }, { now: NOW });
  return Object.fromEntries(all.map(({ runId, verdict }) => [runId, verdict]));
}

test('old runs go, recent ones stay', async () => {
  const state = stateWith(['old', 11], ['new', 9]);
  expect(await collected(state, {})).toEqual({ old: 'removed', new: 'recent' });
  expect(readdirSync(path.join(state, 'runs'))).toEqual(['new']);
  expect(readdirSync(state)).toEqual(['runs']);
});

test('a dry run removes nothing', async () => {
  const state = stateWith(['old', 11]);
  expect(await collected(state, { dryRun: true })).toEqual({ old: 'removed' });
  expect(readdirSync(path.join(state, 'runs'))).toEqual(['old']);
});

test('the oldest go until the rest is small enough', async () => {
  const state = stateWith(['a', 3], ['b', 2], ['c', 1]);
  const rule = { olderThanMs: null, maxBytes: 2500 };
  expect(await collected(state, rule)).toEqual({ a: 'removed', b: 'removed', c: 'recent' });
});

test('runs that can be resumed are spared on request', async () => {
  const state = stateWith(['done', 11], ['failed', 11, 'failed'], ['capped', 11, 'capped']);
  expect(await collected(state, { keepFailed: true })).toEqual({
    done: 'removed',
    failed: 'kept: not completed',
    capped: 'kept: not completed',
  });
});

test('a run at work, one with edits in it and a damaged one stay', async () => {
  const state = stateWith(['busy', 11], ['edited', 11], ['damaged', 11]);
  const lock = await takeRunLock(path.join(state, 'runs/busy'));
  utimesSync(path.join(state, 'runs/busy'), NOW / 1000 - 11 * 86_400, NOW / 1000 - 11 * 86_400);
  mkdirSync(path.join(state, 'runs/edited/worktrees/3'), { recursive: true });
  utimesSync(path.join(state, 'runs/edited'), NOW / 1000 - 11 * 86_400, NOW / 1000 - 11 * 86_400);
  const journal = path.join(state, 'runs/damaged/journal.ndjson');
  writeFileSync(journal, 'rubbish\n{}\n');
  utimesSync(journal, NOW / 1000 - 11 * 86_400, NOW / 1000 - 11 * 86_400);
  expect(await collected(state, {})).toEqual({
    busy: 'running',
    edited: 'kept: has worktrees',
    damaged: 'kept: damaged',
  });
  await lock?.release();
});

test('what is no run is left alone, and no link is followed', async () => {
  const state = stateWith(['old', 11]);
  const elsewhere = temporaryFolder();
  writeFileSync(path.join(elsewhere, 'precious'), 'x');
  writeFileSync(path.join(state, 'runs/.DS_Store'), 'x');
  symlinkSync(elsewhere, path.join(state, 'runs/linked'));
  symlinkSync(elsewhere, path.join(state, 'removing-linked'));
  expect(await collected(state, { olderThanMs: null, maxBytes: 0 })).toEqual({ old: 'removed' });
  expect(readdirSync(path.join(state, 'runs')).sort()).toEqual(['.DS_Store', 'linked']);
  expect(existsSync(path.join(elsewhere, 'precious'))).toBe(true);
});

test('what a collection that was cut off left behind goes with the next', async () => {
  const state = stateWith(['new', 1]);
  const [left, underWay] = ['left', 'under-way'].map((id) => path.join(state, `removing-${id}`));
  for (const dir of [left, underWay]) mkdirSync(path.join(dir ?? '', 'agents'), { recursive: true });
  const lock = await takeRunLock(underWay ?? '');
  await collected(state, { dryRun: true });
  expect(readdirSync(state).sort()).toEqual(['removing-left', 'removing-under-way', 'runs']);
  await collected(state, {});
  expect(readdirSync(state).sort()).toEqual(['removing-under-way', 'runs']);
  await lock?.release();
  await collected(state, {});
  expect(readdirSync(state)).toEqual(['runs']);
});
