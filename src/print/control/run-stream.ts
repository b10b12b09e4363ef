/** A session whose host talks to it: turn after turn from stdin, control requests in between and in the middle, until stdin ends. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Program } from '../../core/program.ts';
import type { AgentEvent, ContentBlock } from '../../wire/events/event.ts';
import { replayedUserEvent } from '../../wire/events/event-control.ts';
import type { PrintOptions } from '../options.ts';
import { refuse } from '../refuse.ts';
import type { Conversation } from '../request.ts';
import { exitCodeOf } from '../result-exit.ts';
import { Interrupted } from '../session/ending.ts';
import { uuidFrom } from '../uuid.ts';
import type { LoadWorkflowRunner } from '../workflows/workflow-runner.ts';
import { type HostLine, readHostLines, type UserLine } from './host-lines.ts';
import { HostQuestions } from './host-questions.ts';
import { HostRequests } from './host-requests.ts';
import { Mailbox } from './mailbox.ts';

export interface StreamCall {
  readonly program: Program;
  readonly options: PrintOptions;
  readonly emit: (event: AgentEvent) => Promise<void>;
  /** Of the whole program. */
  readonly signal: AbortSignal;
  readonly loadRunner: LoadWorkflowRunner | undefined;
}

/** The exit code: that of the last turn. */
export async function runStream(call: StreamCall): Promise<number> {
  const run = new StreamRun(call);
  try {
    return await run.untilEnd();
  } finally {
    run.dispose();
  }
}

type Problem = { readonly kind: 'problem'; readonly message: string };

class StreamRun {
  readonly #call: StreamCall;
  readonly #lines = new Mailbox<UserLine | Problem>();
  readonly #questions: HostQuestions;
  readonly #requests: HostRequests;
  #conversation: Conversation | undefined;
  #turn: AbortController | undefined;
  /** Requests are answered in their order. */
  #answered: Promise<void> = Promise.resolve();

  constructor(call: StreamCall) {
    this.#call = call;
    const { program, options, emit } = call;
    const interrupt = (): void => this.#turn?.abort(new Interrupted('interrupted by its host'));
    this.#questions = new HostQuestions({ emit, newId: () => uuidFrom(program.random), interrupt });
    this.#requests = new HostRequests(
      { pid: program.pid, env: program.env, emit, interrupt, conversation: () => this.#conversation },
      options,
    );
  }

  async untilEnd(): Promise<number> {
    const { program, signal } = this.#call;
    readHostLines(program.stdin, {
      line: (line) => this.#take(line),
      ended: (error) => this.#ended(error),
    });
    let code = 0;
    for (;;) {
      const line = await this.#lines.take(signal);
      // Requests that came before it hold for this turn.
      await this.#answered;
      if (line === undefined) return code;
      if (line.kind === 'problem') return refuse(program, line.message);
      const result = await this.#runTurn(line);
      if (typeof result === 'string') return refuse(program, result);
      code = exitCodeOf(result, signal);
      if (signal.aborted) return code;
    }
  }

  dispose(): void {
    this.#conversation?.[Symbol.dispose]();
  }

  #take(line: HostLine): void {
    switch (line.kind) {
      case 'user':
        this.#lines.put(line);
        return;
      case 'bad':
        this.#lines.put({ kind: 'problem', message: line.message });
        return;
      case 'response':
        this.#questions.answer(line.id, line.response);
        return;
      case 'request':
        this.#answered = this.#answered.then(() => this.#requests.answer(line.id, line.request));
        // Whoever waits for it next is told; until then nobody is.
        this.#answered.catch(() => {});
        return;
      case 'other':
        return;
    }
  }

  #ended(error: Error | undefined): void {
    if (error !== undefined) {
      this.#lines.put({ kind: 'problem', message: `Error: stdin cannot be read: ${error.message}` });
    }
    this.#questions.close();
    this.#lines.close();
  }

  /** The result event, or why there can be none. */
  async #runTurn({ message, uuid }: UserLine): Promise<AgentEvent | string> {
    const { program, emit, signal, loadRunner } = this.#call;
    const { options, refused } = this.#requests;
    if (refused !== undefined) return refused;
    const turn = new AbortController();
    this.#turn = turn;
    try {
      if (this.#conversation === undefined) {
        const { openConversation } = options.rehearse
          ? await import('../rehearse.ts')
          : await import('../session/open-conversation.ts');
        const asker = options.asksHost ? this.#questions : undefined;
        const opening = await openConversation({ program, options, emit, asker, loadRunner });
        if (opening.kind === 'refused') return opening.message;
        this.#conversation = opening.conversation;
      }
      const { stamp } = this.#conversation;
      const replay = async (): Promise<void> => {
        if (options.replaysUserMessages) await emit(replayedUserEvent(stamp, message, uuid));
      };
      return await this.#conversation.turn(
        contentOf(message),
        AbortSignal.any([signal, turn.signal]),
        replay,
      );
    } finally {
      this.#turn = undefined;
    }
  }
}

function contentOf({ content }: JsonObject): ContentBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isBlock) : [];
}

function isBlock(value: unknown): value is ContentBlock {
  return isJsonObject(value) && typeof value['type'] === 'string';
}
