/** The variables that say where everything is kept: read by those who keep it there, and by those who protect it. */

/** Set by the user: the folder for everything andwait keeps. */
export const ANDWAIT_HOME = 'ANDWAIT_HOME';
/** Set by the desktop or the user (XDG base directories). */
export const XDG_STATE_HOME = 'XDG_STATE_HOME';
