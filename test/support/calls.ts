/** Complete calls and outcomes for tests that care about one field of them. */
import type { AgentCall, CallRequest } from '../../src/core/call.ts';
import { NO_ACCOUNT, NO_USAGE, type Reply } from '../../src/core/outcome.ts';

export function request(over: Partial<CallRequest> = {}): CallRequest {
  const prompt = over.prompt ?? 'do it';
  return {
    contentHash: `hash of ${prompt}`,
    promptHash: `prompt hash of ${prompt}`,
    askedModel: over.model,
    prompt,
    label: prompt,
    phase: undefined,
    workflow: undefined,
    schema: undefined,
    model: undefined,
    effort: undefined,
    isolation: undefined,
    agentType: undefined,
    ...over,
  };
}

export function agentCall(over: Partial<AgentCall> = {}): AgentCall {
  const { contentHash, promptHash: _, askedModel: __, ...content } = request(over);
  return { ...content, id: 1, key: `v1:${contentHash}:1`, occurrence: 1, ...over };
}

export function reply(text: string, over: Partial<Reply> = {}): Reply {
  return {
    kind: 'reply',
    text,
    structured: undefined,
    ...NO_ACCOUNT,
    usage: NO_USAGE,
    costUsd: 0,
    turns: 1,
    ...over,
  };
}

export function tokens(outputTokens: number): Partial<Reply> {
  return { usage: { ...NO_USAGE, outputTokens } };
}
