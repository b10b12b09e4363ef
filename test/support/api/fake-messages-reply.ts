/** What the stand-in Messages API answers to one request: content blocks, an end, and how the bytes go wrong on the way. */
import type { Json, JsonObject } from '../../../src/core/json.ts';

export type ReplyBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | {
      readonly type: 'tool_use';
      readonly id: string | undefined;
      readonly name: string;
      readonly input: Json;
    };

export interface ReplyStatus {
  readonly code: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In the words of another provider. */
  readonly body?: JsonObject | undefined;
}

export interface ReplyScript {
  readonly blocks: readonly ReplyBlock[];
  /** The API's own word; by default `tool_use` after a tool call and `end_turn` otherwise. */
  readonly stopReason: string | undefined;
  readonly usage: JsonObject;
  /**
   * `hang`: the stream stays open after the blocks; `cut`: the connection is reset in the middle of the last block; `half`:
   * it is closed in good order, though the message is not whole.
   */
  readonly ending: 'stop' | 'hang' | 'cut' | 'half' | 'error-event';
  /** An HTTP error instead of a message. */
  readonly status: ReplyStatus | undefined;
  readonly delayMs: number;
}

const DEFAULT_USAGE = {
  input_tokens: 100,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 20,
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** The `type` inside an error body, as the API names it for a status. */
export function errorTypeOf(code: number): string {
  return ERROR_TYPES[code] ?? 'api_error';
}

/** Builds a reply step by step: `reply().text('looking').tool('Bash', { command: 'ls' })`. */
export class ReplyBuilder {
  #script: ReplyScript = {
    blocks: [],
    stopReason: undefined,
    usage: DEFAULT_USAGE,
    ending: 'stop',
    status: undefined,
    delayMs: 0,
  };

  text(text: string): this {
    return this.#block({ type: 'text', text });
  }

  thinking(thinking: string, signature = 'signed'): this {
    return this.#block({ type: 'thinking', thinking, signature });
  }

  tool(name: string, input: Json, id?: string): this {
    return this.#block({ type: 'tool_use', id, name, input });
  }

  usage(usage: JsonObject): this {
    return this.#with({ usage: { ...this.#script.usage, ...usage } });
  }

  stop(stopReason: string): this {
    return this.#with({ stopReason });
  }

  after(delayMs: number): this {
    return this.#with({ delayMs });
  }

  /** What was said so far is sent, then nothing: the client has to give up or be ended. */
  hang(): this {
    return this.#with({ ending: 'hang' });
  }

  /** The connection is reset before the message is whole. */
  cut(): this {
    return this.#with({ ending: 'cut' });
  }

  /** The stream ends well before the message does. */
  half(): this {
    return this.#with({ ending: 'half' });
  }

  /** An `error` event inside a stream that began well, as an overloaded API sends it. */
  errorEvent(): this {
    return this.#with({ ending: 'error-event' });
  }

  status(
    code: number,
    { message = `made to fail with ${code}`, headers = {}, body }: Partial<Omit<ReplyStatus, 'code'>> = {},
  ): this {
    return this.#with({ status: { code, message, headers, body } });
  }

  script(): ReplyScript {
    return this.#script;
  }

  #block(block: ReplyBlock): this {
    return this.#with({ blocks: [...this.#script.blocks, block] });
  }

  #with(change: Partial<ReplyScript>): this {
    this.#script = { ...this.#script, ...change };
    return this;
  }
}

export function reply(): ReplyBuilder {
  return new ReplyBuilder();
}
