/** A model whose answers the test has written down, and which remembers what it was asked. */
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type {
  ApiFailure,
  Model,
  ModelAnswer,
  ModelReply,
  ModelRequest,
  PieceListener,
} from '../../../src/print/api/model.ts';
import type { ContentBlock } from '../../../src/wire/events/event.ts';

export class FakeModel implements Model {
  readonly requests: ModelRequest[] = [];
  /** Told with each answer. */
  pieces: readonly JsonObject[] = [];
  /** Those still to come. */
  readonly answers: (ModelAnswer | 'hang')[];

  constructor(answers: readonly (ModelAnswer | 'hang')[]) {
    this.answers = [...answers];
  }

  async answer(request: ModelRequest, signal: AbortSignal, onPiece?: PieceListener): Promise<ModelAnswer> {
    signal.throwIfAborted();
    for (const piece of this.pieces) onPiece?.(piece);
    this.requests.push({ ...request, messages: [...request.messages] });
    const answer = this.answers.shift();
    if (answer === undefined) throw new Error('the model was asked once too often');
    if (answer !== 'hang') return answer;
    return await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}

const USAGE = { input: 100, output: 20, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

export function replied(...blocks: readonly ContentBlock[]): ModelReply {
  const usesTool = blocks.some(({ type }) => type === 'tool_use');
  return {
    kind: 'reply',
    id: 'msg_1',
    model: 'claude-opus-5-5',
    blocks,
    stopReason: usesTool ? 'tool_use' : 'end_turn',
    usage: USAGE,
    requestId: 'req_1',
  };
}

export function said(text: string): ContentBlock {
  return { type: 'text', text };
}

export function used(name: string, input: Json, id = 'toolu_1'): ContentBlock {
  return { type: 'tool_use', id, name, input };
}

export function apiFailed(differs: Partial<ApiFailure>): ApiFailure {
  return {
    kind: 'failure',
    status: 500,
    type: 'api_error',
    word: 'server_error',
    message: 'API Error: 500 made to fail',
    isRetryable: true,
    retryAfterMs: undefined,
    usage: undefined,
    ...differs,
  };
}
