/** What is said of a run before it begins, going by those of the same thing that ran to their end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Alike, estimateLine } from '../../../src/cli/estimate.ts';
import { defaultOptions, EMPTY_TALLY, NO_CALLS } from '../../../src/core/run.ts';
import { describedRun } from '../../../src/journal/describe-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SCRIPT: Alike = { kind: 'workflow', name: 'audit', description: 'd', scriptPath: '/w/audit.js' };
const MAP: Alike = { kind: 'map', name: 'map say {}', description: 'say {}', scriptPath: '' };
const { caps } = defaultOptions(4);

interface Ran {
  readonly like?: Alike;
  readonly rehearse?: boolean;
  readonly status?: string;
  readonly attempts?: number;
  readonly total?: number;
  readonly costUsd?: number;
  readonly durationMs?: number;
}

function stateWith(...runs: readonly Ran[]): string {
  const state = temporaryFolder();
  for (const [n, ran] of runs.entries()) {
    const { like = SCRIPT, rehearse = false, status = 'completed', attempts = 1, total = 10 } = ran;
    const { costUsd = 1, durationMs = 60_000 } = ran;
    const dir = path.join(state, 'runs', `2026-${n}`);
    mkdirSync(dir, { recursive: true });
    const options = { ...defaultOptions(4), rehearse };
    const own = { runId: `2026-${n}`, args: undefined, cwd: '/w', options, startedAt: 0 };
    writeFileSync(path.join(dir, 'run.json'), JSON.stringify(describedRun({ ...like, ...own })));
    const calls = { ...NO_CALLS, total, done: total };
    const chain = Array.from({ length: attempts }, (_, at) => ({ attempt: at + 1 }));
    const result = { ...EMPTY_TALLY, status, calls, costUsd, durationMs, attempts: chain };
    writeFileSync(path.join(dir, 'result.json'), JSON.stringify(result));
  }
  return state;
}

test.each<[string, readonly Ran[], Alike, string | undefined]>([
  ['nothing ran', [], SCRIPT, undefined],
  ['one', [{}], SCRIPT, '10 agents, $1.00, 1m 00s, going by 1 earlier run'],
  [
    'several, of which the newest three count',
    [{ total: 99 }, { total: 8, costUsd: 0.5 }, { costUsd: 2 }, { durationMs: 90_000 }],
    SCRIPT,
    '8–10 agents, $0.50–$2.00, 1m 00s–1m 30s, going by 3 earlier runs',
  ],
  ['a rehearsal', [{ rehearse: true, costUsd: 0 }], SCRIPT, '10 agents, going by 1 rehearsal'],
  [
    'a real one beside it',
    [{}, { rehearse: true, total: 3 }],
    SCRIPT,
    '10 agents, $1.00, 1m 00s, going by 1 earlier run',
  ],
  ['what did not end well', [{ status: 'failed' }, { attempts: 2 }], SCRIPT, undefined],
  ['another script', [{ like: { ...SCRIPT, scriptPath: '/other.js' } }], SCRIPT, undefined],
  ['a map, by the item', [{ like: MAP }], MAP, '$0.10 an item, going by 1 earlier run'],
  ['a map that named no price', [{ like: MAP, costUsd: 0 }], MAP, undefined],
])('%s', (_name, runs, wanted, words) => {
  const line = words === undefined ? undefined : `andwait: about ${words}`;
  expect(estimateLine(wanted, caps, stateWith(...runs))).toBe(line);
});

test('more than it may cost', () => {
  const dear = { ...caps, costUsd: 0.5 };
  expect(estimateLine(SCRIPT, dear, stateWith({}))).toContain('$1.00 (--max-cost 0.5 may end it before), ');
  expect(estimateLine(MAP, dear, stateWith({ like: MAP }))).toContain('(--max-cost 0.5 lasts for 5 items)');
});

test('a run that is damaged is left out', () => {
  const state = stateWith({}, {});
  writeFileSync(path.join(state, 'runs/2026-1/run.json'), '{');
  expect(estimateLine(SCRIPT, caps, state)).toContain('going by 1 earlier run');
});
