/** What agents heard of the model API concerns every run that is open. */
import type { PaceListener } from '../slots/api-pace.ts';
import type { BrokerRun } from './broker-run.ts';

export function tellRuns(open: () => readonly BrokerRun[]): PaceListener {
  const each = (tell: (run: BrokerRun) => void): void => {
    for (const run of open()) tell(run);
  };
  return {
    ended: (quota) => each(({ pressure }) => pressure.quotaEnded(quota)),
    mayBeBack: () => each(({ pressure }) => pressure.quotaMayBeBack()),
    isHopeless: (quota) => each(({ pressure }) => pressure.isHopeless(quota)),
    isSlow: (words) => each(({ pressure }) => pressure.isSlow(words)),
    served: () => each(({ pressure }) => pressure.served()),
  };
}
