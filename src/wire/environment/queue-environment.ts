/** URL of the queue, for who would rather not show its password to everybody who lists processes: it is handed to no agent, and to nothing that outlives its command. */
export const ANDWAIT_QUEUE = 'ANDWAIT_QUEUE';
