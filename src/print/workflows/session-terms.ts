/** What a session's agents may do: as much as the session at this moment, in the words of their command line. */
import type { Program } from '../../core/program.ts';
import type { Cast } from '../agent-types/cast.ts';
import type { Account } from '../models/account.ts';
import type { PrintOptions } from '../options.ts';
import type { SessionPermissions } from '../permissions/permission-gate.ts';
import type { Equipment } from '../session/equipment.ts';
import { handedOnFlags, isWord } from './handed-on-flags.ts';
import type { SessionTerms } from './workflow-runner.ts';

export interface LimitedSession {
  readonly program: Program;
  readonly options: PrintOptions;
  readonly cast: Cast;
  readonly equipment: Equipment;
  readonly account: Account;
  readonly sessionId: string;
  /** Both may change while the session lasts. */
  readonly gate: () => SessionPermissions;
  readonly model: () => string;
}

export function termsOf(session: LimitedSession): SessionTerms {
  const { options, cast, equipment, account, sessionId, program } = session;
  const { availableTools } = equipment;
  const isNarrowed = cast.agentType?.tools !== undefined;
  const { maxBudgetUsd } = options;
  const { cwd } = program;
  return {
    sessionId,
    model: session.model(),
    effort: options.effort,
    permissionMode: session.gate().mode,
    allowedTools: options.allowedTools.filter(isWord),
    flags: handedOnFlags({ options, cwd, availableTools, isNarrowed }),
    agentTypes: cast.agents.map(({ name }) => name),
    remainingUsd:
      maxBudgetUsd === undefined ? undefined : Math.max(0, maxBudgetUsd - (account.spentUsd ?? maxBudgetUsd)),
    rehearse: options.rehearse,
  };
}
