/** Carries a map out as a run: the items asked for, its counts as the run's result. */
import type { RunResult } from '../../core/run.ts';
import {
  type AttemptDeps,
  type AttemptEnd,
  type AttemptPlan,
  endByStop,
  runAttempt,
} from '../run-attempt.ts';
import type { ItemResult } from './ask-item.ts';
import type { ItemCounts } from './item-counts.ts';
import type { MapItem } from './map-item.ts';
import { type MapEnd, type MapPlan, runMap } from './run-map.ts';

export interface MapLaunch extends AttemptPlan {
  readonly plan: MapPlan;
  readonly openItems: (signal: AbortSignal) => AsyncIterable<MapItem>;
}

export interface LaunchMapDeps extends AttemptDeps {
  readonly counted: (counts: ItemCounts) => void;
  readonly emit: (result: ItemResult) => Promise<void>;
}

export interface MapOutcome {
  readonly result: RunResult;
  readonly end: MapEnd;
}

/** Rejects as `runAttempt` does. */
export async function launchMap(
  launch: MapLaunch,
  deps: LaunchMapDeps,
  signal: AbortSignal,
): Promise<MapOutcome> {
  const { emit, counted } = deps;
  const { result, value: end } = await runAttempt(launch, deps, signal, async (calls, _folder, stop) => {
    const value = await runMap(launch.openItems, launch.plan, { ...calls, emit, counted }, stop);
    return { end: { ...endOf(value, stop), result: { ...value.counts } }, value };
  });
  return { result, end };
}

function endOf({ why }: MapEnd, signal: AbortSignal): Omit<AttemptEnd, 'result'> {
  switch (why) {
    case 'input-ended':
    case 'halted':
      return { status: 'completed', error: null };
    case 'capped':
      return { status: 'capped', error: null };
    case 'stopped':
      return endByStop(signal);
  }
}
