/** What andwait puts into the environment of agents and recipes, and what the calls made below them find there: whose they are. */

/** Set by `andwait exec` for its command, and by andwait for each agent: the run it belongs to. */
export const ANDWAIT_RUN_ID = 'ANDWAIT_RUN_ID';
/** Set by `andwait exec` for its command: folder of that run. */
export const ANDWAIT_RUN_DIR = 'ANDWAIT_RUN_DIR';
/** Set by `andwait exec` for its command: where it was started. The folder of a call counts relative to it, so that a moved project resumes. */
export const ANDWAIT_RUN_CWD = 'ANDWAIT_RUN_CWD';
/** Set by `andwait exec` for its command: `1`. Caps must hold below it, so no call goes without the pool. */
export const ANDWAIT_EXEC = 'ANDWAIT_EXEC';
/** Set by `andwait exec` for its command: ids of the runs that this one was started below, outermost first, with colons between. */
export const ANDWAIT_RUNS_ABOVE = 'ANDWAIT_RUNS_ABOVE';
/** Set by `andwait exec` for its command: the Node that runs us, for a PATH that has none. */
export const ANDWAIT_NODE = 'ANDWAIT_NODE';
/** Set by andwait for each agent: the slot it holds, which it lends to one call below it at a time. */
export const ANDWAIT_LEASE = 'ANDWAIT_LEASE';
/** Set by andwait for each agent of a script or a map, not for the calls of a recipe: `1`. It, and what it starts, begins no workflow. */
export const ANDWAIT_AGENT = 'ANDWAIT_AGENT';
/** Set by andwait for each agent: its number in the run, the name of its transcript. */
export const ANDWAIT_CALL = 'ANDWAIT_CALL';
/** Set by andwait for each agent: the same for the same call in every attempt of the run. */
export const ANDWAIT_CALL_KEY = 'ANDWAIT_CALL_KEY';
/** Set by andwait for each agent: the how-many-eth identical call it is, from 1. */
export const ANDWAIT_CALL_OCCURRENCE = 'ANDWAIT_CALL_OCCURRENCE';
/** Set by `andwait exec` for its command, where it was told to: seconds that each call below may take. */
export const ANDWAIT_TIMEOUT_SECONDS = 'ANDWAIT_TIMEOUT_SECONDS';
/** Set by `andwait exec` for its command, where it was told to: seconds that each call below may say nothing. */
export const ANDWAIT_IDLE_SECONDS = 'ANDWAIT_IDLE_SECONDS';
