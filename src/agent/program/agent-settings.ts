/** What holds for every agent of a run, made complete once: no flag is decided where the command line is built. */
import { DEFAULT_MAX_LINE_BYTES } from '../../wire/lines/line-splitter.ts';
import { SCRIPT_VALUE_NOTICE, type SystemNotice } from '../outcome/system-notice.ts';

export interface AgentSettings {
  readonly permissionMode: string;
  readonly allowedTools: readonly string[];
  /** More of the command line: what a session hands on to agents of its own. */
  readonly flags: readonly string[];
  readonly maxTurns: number | null;
  /** Answers are samples. For our own print mode only: the real program has no such mode. */
  readonly rehearse: boolean;
  /** Appended to the agent's system prompt; `null` tells it nothing. */
  readonly systemNotice: SystemNotice | null;
}

export const DEFAULT_AGENT_SETTINGS: AgentSettings = {
  permissionMode: 'acceptEdits',
  allowedTools: [],
  flags: [],
  maxTurns: null,
  rehearse: false,
  systemNotice: SCRIPT_VALUE_NOTICE,
};

export interface AgentLimits {
  /** Of a whole call, from spawn to result; `null` is no limit. */
  readonly timeoutMs: number | null;
  /** Between two events, unless a tool of its runs meanwhile; `null` is no limit. */
  readonly idleMs: number | null;
  /** How long an agent may live on after its last word: its result, or the end of its output. Each new event starts it anew. */
  readonly graceMs: number;
  /**
   * The same after a result that was not the last word: the agent waits for background commands of its own, or has
   * begun another turn. The real program ends such commands itself after 600 s; this is for one that does not.
   */
  readonly moreWorkMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly killMs: number;
  /** How long output is awaited after the agent's exit when something it left behind still holds the pipe. */
  readonly drainMs: number;
  readonly maxLineBytes: number;
}

export const DEFAULT_AGENT_LIMITS: AgentLimits = {
  timeoutMs: null,
  idleMs: null,
  graceMs: 5_000,
  moreWorkMs: 660_000,
  killMs: 5_000,
  drainMs: 1_000,
  maxLineBytes: DEFAULT_MAX_LINE_BYTES,
};
