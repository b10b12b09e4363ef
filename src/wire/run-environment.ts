/** What a recipe below `andwait exec` has in its environment, and its `claude` calls find there: which run they belong to. */

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
