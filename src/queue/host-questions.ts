/** Questions to one host, through the queue's server: hosts need not reach each other. */

export interface HostQuestions {
  /** The answer of one of those who answer under `name`; `undefined`: there was none within `ms`. Rejects while the server is away. */
  ask(name: string, question: object, ms: number): Promise<unknown>;
  /** From here on, until it is closed. Contract of `answers`: never rejects. */
  answer(name: string, answers: (question: unknown) => Promise<object>): Answering;
}

export interface Answering {
  close(): Promise<void>;
}
