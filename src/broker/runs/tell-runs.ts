/** What agents heard of the model API concerns every run that is open, where theirs run. */
import type { PaceListener } from '../slots/api-pace.ts';
import type { BrokerRun } from './broker-run.ts';

/** `elsewhere`: of runs whose agents run on other hosts, or of the others. */
export function tellRuns(open: () => readonly BrokerRun[], elsewhere: boolean): PaceListener {
  const each = (tell: (run: BrokerRun) => void): void => {
    for (const run of open()) if (run.parts.elsewhere === elsewhere) tell(run);
  };
  return {
    ended: (quota) => each(({ pressure }) => pressure.quotaEnded(quota)),
    mayBeBack: () => each(({ pressure }) => pressure.quotaMayBeBack()),
    isHopeless: (quota) => each(({ pressure }) => pressure.isHopeless(quota)),
    isSlow: (words) => each(({ pressure }) => pressure.isSlow(words)),
    served: () => each(({ pressure }) => pressure.served()),
  };
}
