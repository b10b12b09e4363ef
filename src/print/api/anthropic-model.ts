/** The Messages API through Anthropic's SDK, streamed, whichever provider serves it. */
import type Anthropic from '@anthropic-ai/sdk';
import type { JsonObject } from '../../core/json.ts';
import type { ContentBlock } from '../../wire/events/event.ts';
import { modelFacts } from '../models/models.ts';
import { apiFailure } from './api-failure.ts';
import type { Connection } from './connection.ts';
import type {
  AbandonedListener,
  ApiFailure,
  ConversationMessage,
  Model,
  ModelAnswer,
  ModelRequest,
  PieceListener,
  ToolSpec,
} from './model.ts';
import { usageIn } from './usage-in.ts';

/** Refusals that other credentials may turn: 403 is what AWS says to expired ones. */
const REFUSALS: ReadonlySet<number | null> = new Set([401, 403]);

export class AnthropicModel implements Model {
  readonly #connection: Connection;
  /** Credentials were renewed since the last reply: a second refusal is final. */
  #renewed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async answer(
    request: ModelRequest,
    signal: AbortSignal,
    onPiece?: PieceListener,
    onAbandoned?: AbandonedListener,
  ): Promise<ModelAnswer> {
    signal.throwIfAborted();
    const { credentials, params, denied } = this.#connection;
    let stream: MessageStream | undefined;
    try {
      const headers = await credentials.headers(signal);
      const client = this.#connection.clientFor(request.model);
      stream = client.messages.stream({ ...paramsOf(request), ...params }, { signal, headers });
      if (onPiece !== undefined) {
        stream.on('streamEvent', (event: Anthropic.MessageStreamEvent) =>
          onPiece(JSON.parse(JSON.stringify(event)) as JsonObject),
        );
      }
      const message = await stream.finalMessage();
      this.#renewed = false;
      return {
        kind: 'reply',
        id: message.id,
        model: message.model,
        blocks: message.content.map(plainBlock),
        stopReason: message.stop_reason,
        usage: usageIn(message.usage),
        requestId: stream.request_id ?? undefined,
      };
    } catch (error) {
      const billed = stream?.currentMessage?.usage;
      const usage = billed === undefined ? undefined : usageIn(billed);
      if (signal.aborted && usage !== undefined) onAbandoned?.(usage);
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      return this.#withRenewal(apiFailure(error, { model: request.model, usage, denied }));
    }
  }

  #withRenewal(failure: ApiFailure): ApiFailure {
    if (!REFUSALS.has(failure.status) || this.#renewed || !this.#connection.credentials.renew())
      return failure;
    this.#renewed = true;
    return { ...failure, isRetryable: true };
  }
}

type MessageStream = ReturnType<Anthropic['messages']['stream']>;
type Params = Parameters<Anthropic['messages']['stream']>[0];

function paramsOf({ model, system, context = '', messages, tools, effort }: ModelRequest): Params {
  const facts = modelFacts(model);
  const level = facts.topEffort === 'high' && (effort === 'xhigh' || effort === 'max') ? 'high' : effort;
  return {
    model,
    max_tokens: facts.maxOutputTokens,
    ...systemParam([system, context]),
    messages: withCachePoint(messages) as unknown as Params['messages'],
    ...(tools.length === 0 ? {} : { tools: toolParams(tools), tool_choice: { type: 'auto' } }),
    ...(level === undefined || facts.topEffort === undefined ? {} : { output_config: { effort: level } }),
  };
}

/** Each with a cache point of its own: sessions in different places share what comes before. */
function systemParam(texts: readonly string[]): Pick<Params, 'system'> {
  const blocks = texts.filter((text) => text !== '');
  if (blocks.length === 0) return {};
  return { system: blocks.map((text) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } })) };
}

/** Everything up to the last block of the last user message is written to the cache; the next request reads it there. */
function withCachePoint(messages: readonly ConversationMessage[]): readonly ConversationMessage[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, index) => {
    if (index !== last) return message;
    const content = message.content.map((block, at) =>
      at === message.content.length - 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block,
    );
    return { ...message, content };
  });
}

/** The tools are cached by themselves: another system prompt still finds them there. */
function toolParams(tools: readonly ToolSpec[]): NonNullable<Params['tools']> {
  const params = tools.map(toolParam);
  const last = params.pop();
  return last === undefined ? [] : [...params, { ...last, cache_control: { type: 'ephemeral' } }];
}

function toolParam({
  name,
  description,
  inputSchema,
  asServerTool,
}: ToolSpec): NonNullable<Params['tools']>[number] {
  if (asServerTool !== undefined) {
    return asServerTool as unknown as NonNullable<Params['tools']>[number];
  }
  return { name, description, input_schema: { ...inputSchema, type: 'object' } };
}

/** What the SDK adds to a block for its own use, or as `null`, is neither sent back nor shown. */
function plainBlock(block: Anthropic.ContentBlock): ContentBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'thinking':
      return { type: 'thinking', thinking: block.thinking, signature: block.signature };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input as JsonObject };
    default:
      return JSON.parse(JSON.stringify(block)) as ContentBlock;
  }
}
