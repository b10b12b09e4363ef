/** Agents that nobody waits for: they go on spending, and no run will ever hear of it. */
import { PoolUnreachable } from '../../broker/client/pool-errors.ts';
import type { Program } from '../../core/program.ts';
import { ANDWAIT_CALL, ANDWAIT_LEASE, ANDWAIT_RUN_ID } from '../../wire/environment/run-environment.ts';
import { ANDWAIT_HOME } from '../../wire/environment/state-variables.ts';
import type { PoolStatus } from '../../wire/pool/pool-status.ts';
import { type MarkedProcess, processesWhose } from '../../wire/processes/marked-processes.ts';
import type { Check, Finding } from './finding.ts';
import { statusOf } from './pool-broker.ts';

const about = 'orphans';

export const checkOrphans: Check = async (program) => {
  const found = ofThisPool(program);
  if (found.length === 0) return [{ about, level: 'ok', message: 'no process of any run' }];
  const status = await statusOf(program);
  // Told by the check of the pool; who is an orphan cannot be told without.
  return status instanceof PoolUnreachable ? [] : judgedProcesses(found, status);
};

/** Other pools' runs have brokers of their own. */
function ofThisPool({ env, uid, pid }: Program): MarkedProcess[] {
  const home = env[ANDWAIT_HOME] ?? '';
  return processesWhose((its) => its.has(ANDWAIT_RUN_ID) && (its.get(ANDWAIT_HOME) ?? '') === home, {
    uid,
    pid,
  });
}

/** An agent has the lease of its slot, or at least the number of its call; what else carries a run's name was started below one. */
export function judgedProcesses(found: readonly MarkedProcess[], { runs }: PoolStatus): Finding[] {
  const known = new Set(runs.map(({ runId }) => runId));
  const lost = found.filter(({ env }) => !known.has(env.get(ANDWAIT_RUN_ID) ?? ''));
  const agents = lost.filter(({ env }) => env.has(ANDWAIT_LEASE) || env.has(ANDWAIT_CALL));
  const others = lost.filter((one) => !agents.includes(one));
  if (lost.length === 0) {
    const level = 'ok';
    return [{ about, level, message: `${found.length} processes of runs, all known to the pool` }];
  }
  return [
    ...told('problem', agents, 'agents, or commands of theirs, of runs the pool does not know'),
    ...told('note', others, 'processes that ended recipes left in the background'),
  ];
}

function told(level: 'problem' | 'note', lost: readonly MarkedProcess[], what: string): Finding[] {
  if (lost.length === 0) return [];
  const runs = [...new Set(lost.map(({ env }) => env.get(ANDWAIT_RUN_ID)))].slice(0, 3).join(', ');
  const pids = lost.map(({ pid }) => pid);
  const remedy = `look at them with: ps -o pid,lstart,args -p ${pids.join(',')}; end them with: kill ${pids.join(' ')}`;
  return [{ about, level, message: `${lost.length} ${what} (${runs})`, remedy }];
}
