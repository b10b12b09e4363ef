/** What an agent of a script is told beyond its prompt: otherwise it writes to a person, and the script gets a greeting. */

export interface SystemNotice {
  readonly forText: string;
  /** Shorter: the schema already says what the value looks like. */
  readonly forSchema: string;
}

export const SCRIPT_VALUE_NOTICE: SystemNotice = {
  forText: [
    'You were started by a script, not by a person. The text of your last message is the value that the script',
    'receives, exactly as you write it: give the answer itself, complete and in the form the task asks for, without',
    'a greeting, an introduction, a closing remark or an offer to do more. Nobody can answer a question: where the',
    'task leaves something open, decide for yourself and go on. Nothing you wrote before the last message reaches',
    'the script, so repeat there what it needs.',
  ].join(' '),
  forSchema: [
    'You were started by a script, not by a person. The structured value you give is all that the script receives:',
    'put everything it needs into it. Nobody can answer a question: where the task leaves something open, decide for',
    'yourself and go on.',
  ].join(' '),
};

/** The prompt of a session that is gone on with: its task stands in it already. */
export const GO_ON_NOTICE = [
  'Nothing was heard from you for a long time, so you were stopped and have been started again. Go on with the task',
  'from where you were: what you did is still there, but look before you rely on the last thing you began.',
].join(' ');
