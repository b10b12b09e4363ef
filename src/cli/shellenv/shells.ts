/** Who reads the line of `andwait shellenv`: `sh` is every POSIX shell, bash and zsh among them. */
export const SHELLS = ['sh', 'fish', 'cron', 'github'] as const;
export type Shell = (typeof SHELLS)[number];

/** Set by the login program: the user's shell. */
export const SHELL = 'SHELL';
