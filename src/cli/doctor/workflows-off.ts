/** Whether workflows are turned off here: whoever wonders why nothing runs is told by whom. */
import { whoTurnedOff } from '../../launch/workflows-off.ts';
import type { Check } from './finding.ts';

const about = 'workflows';

export const checkWorkflowsOff: Check = async (program) => {
  const who = await whoTurnedOff(program.cwd, program);
  if (who === undefined) return [{ about, level: 'ok', message: 'workflows may run' }];
  return [
    { about, level: 'note', message: `workflows are turned off by ${who}`, remedy: 'take it back there' },
  ];
};
