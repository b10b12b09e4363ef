/** How a reply goes over the wire: server-sent events in small deltas, as the real API streams, or one JSON body. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../../src/core/json.ts';
import { awsFrame, type Dialect } from './fake-messages-dialect.ts';
import { errorTypeOf, type ReplyBlock, type ReplyScript } from './fake-messages-reply.ts';

export interface AnsweredRequest {
  /** From 1. */
  readonly n: number;
  readonly body: JsonObject;
  readonly dialect: Dialect;
}

/** Writes `script` as the answer to a request. Returns without ending the response when it is to hang. */
export function sendReply(
  response: ServerResponse,
  script: ReplyScript,
  { n, body, dialect: { framing } }: AnsweredRequest,
): void {
  if (script.status !== undefined) sendError(response, script.status);
  else if (framing === 'aws-event-stream' || body['stream'] === true)
    sendStream(response, script, messageOf(script, n, body), framing);
  else sendWhole(response, messageOf(script, n, body));
}

function sendWhole(response: ServerResponse, message: WireMessage): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'request-id': message.id.replace('msg', 'req'),
  });
  response.end(JSON.stringify(message));
}

function sendError(response: ServerResponse, status: NonNullable<ReplyScript['status']>): void {
  response.writeHead(status.code, { 'content-type': 'application/json', ...status.headers });
  const body = { type: 'error', error: { type: errorTypeOf(status.code), message: status.message } };
  response.end(JSON.stringify(status.body ?? body));
}

type WireMessage = ReturnType<typeof messageOf>;

function messageOf(script: ReplyScript, n: number, body: JsonObject) {
  const content = script.blocks.map((block, index) => contentOf(block, n, index));
  const usesTool = script.blocks.at(-1)?.type === 'tool_use';
  return {
    id: `msg_${n}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content,
    stop_reason: script.stopReason ?? (usesTool ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: script.usage,
  };
}

function contentOf(block: ReplyBlock, n: number, index: number) {
  if (block.type !== 'tool_use') return block;
  return { ...block, id: block.id ?? (index === 0 ? `toolu_${n}` : `toolu_${n}_${index}`) };
}

const STREAM_TYPES = {
  'server-sent-events': 'text/event-stream',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
} as const;

function sendStream(
  response: ServerResponse,
  script: ReplyScript,
  message: WireMessage,
  framing: Dialect['framing'],
): void {
  response.writeHead(200, {
    'content-type': STREAM_TYPES[framing],
    'request-id': message.id.replace('msg', 'req'),
  });
  const send = (event: string, data: object): void => {
    const piece = { type: event, ...data };
    response.write(
      framing === 'aws-event-stream'
        ? awsFrame(piece)
        : `event: ${event}\ndata: ${JSON.stringify(piece)}\n\n`,
    );
  };
  send('message_start', {
    message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
  });
  message.content.forEach((block, index) => {
    send('content_block_start', { index, content_block: emptied(block) });
    const cutHere = script.ending === 'cut' && index === message.content.length - 1;
    for (const delta of cutHere ? deltasOf(block).slice(0, 1) : deltasOf(block)) {
      send('content_block_delta', { index, delta });
    }
    if (!cutHere) send('content_block_stop', { index });
  });
  if (script.ending === 'cut') response.destroy();
  else if (script.ending === 'half') response.end();
  else if (script.ending === 'error-event') endWithError(response, send);
  else if (script.ending === 'stop') endWell(response, send, message);
}

function endWell(response: ServerResponse, send: Send, message: WireMessage): void {
  send('message_delta', {
    delta: { stop_reason: message.stop_reason, stop_sequence: null },
    usage: { output_tokens: message.usage['output_tokens'] },
  });
  send('message_stop', {});
  response.end();
}

type Send = (event: string, data: object) => void;

function endWithError(response: ServerResponse, send: Send): void {
  send('error', { error: { type: 'overloaded_error', message: 'overloaded in mid-stream' } });
  response.end();
}

function emptied(block: WireMessage['content'][number]) {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

/** Two deltas a block, so that a client that takes the first for the whole is found out. */
function deltasOf(block: WireMessage['content'][number]): object[] {
  switch (block.type) {
    case 'text':
      return halves(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...halves(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use':
      return halves(JSON.stringify(block.input)).map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }));
  }
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
