/** Which hosts carry out the agents of a run, and how many each. */
import type { RunView } from '../../report/progress/run-view.ts';

/** Another host than the run's. */
export interface HostStatus {
  readonly host: string;
  readonly running: number;
  /** Whichever way; without what an earlier attempt paid for. */
  readonly ended: number;
}

export function hostsOf(view: RunView): HostStatus[] {
  const hosts = new Map<string, { running: number; ended: number }>();
  for (const { host, state } of view.calls.values()) {
    if (host === undefined || state === 'replayed') continue;
    const counts = hosts.get(host) ?? { running: 0, ended: 0 };
    counts[state === 'running' ? 'running' : 'ended'] += 1;
    hosts.set(host, counts);
  }
  return [...hosts].map(([host, counts]) => ({ host, ...counts })).sort((a, b) => (a.host < b.host ? -1 : 1));
}
