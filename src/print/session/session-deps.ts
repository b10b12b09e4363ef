/** What a session is made of: whom it asks, what it may use up, where it leaves what was said. */
import type { Clock } from '../../core/ports.ts';
import type { ConversationMessage } from '../api/model.ts';
import type { CompactionLimits } from '../compaction/compaction-limits.ts';
import type { Account } from '../models/account.ts';
import type { StructuredOutput } from '../tools/structured-output.ts';
import type { Questions } from './questions.ts';
import type { SessionLog } from './session-log.ts';
import type { ToolCallDeps } from './tool-calls.ts';

export interface SessionDeps extends Omit<ToolCallDeps, 'onDenial'> {
  readonly questions: Questions;
  readonly account: Account;
  readonly structuredOutput: StructuredOutput | undefined;
  /** Replies of one turn after which no further one is asked for. */
  readonly maxTurns: number | undefined;
  readonly maxBudgetUsd: number | undefined;
  /** What was said in an earlier life of this session. */
  readonly history: readonly ConversationMessage[];
  /** What the API counted up to the last reply in it. */
  readonly historyTokens?: number | undefined;
  readonly limits: CompactionLimits;
  readonly log: SessionLog;
  /** The file that holds all that was said, where there is one. */
  readonly transcript?: string | undefined;
  readonly clock: Clock;
}
