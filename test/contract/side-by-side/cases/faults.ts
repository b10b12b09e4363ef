/** What the API does wrong. */
import { type ReplyBuilder, reply } from '../../../support/api/fake-messages-reply.ts';
import type { Case, Difference } from '../case.ts';
import { JSON_OUT, STREAM } from './calls.ts';
import { decided } from './decided.ts';

const ONE_RETRY = { CLAUDE_CODE_MAX_RETRIES: '1' };

const asking = (title: string, replies: readonly ReplyBuilder[], ...differences: Difference[]): Case => ({
  title,
  calls: [{ args: ['-p', 'hi', ...STREAM], replies }],
  differences,
});

const failing = (status: number, ...differences: Difference[]): Case => ({
  title: `${status}`,
  calls: [{ args: ['-p', `FAIL:${status}`, ...STREAM], env: ONE_RETRY }],
  differences,
});

const ASKS_ONCE = decided(
  'what was refused as invalid is not asked again',
  '1/requests',
  ...[2, 3, 4, 5, 6].map((n) => `1/request#${n}`),
);

const inOwnWords = (because: string): readonly Difference[] =>
  decided(because, '1/assistant#1/message/content/0/text', '1/result#1/result');

/** What goes with one message more or less. */
const otherwise = (because: string, ...more: readonly string[]): readonly Difference[] =>
  decided(because, '1/events', '1/user#1', '1/result#1/num_turns', ...more);

const ASKED_ON = decided(
  'the model is asked to go on in words of our own',
  '1/user#1/message/content/0/text',
  '1/request#2/messages/*/content/*/text',
);

export const API_CASES: readonly Case[] = [
  { title: '400, text', calls: [{ args: ['-p', 'FAIL:400'] }], differences: ASKS_ONCE },
  { title: '400, json', calls: [{ args: ['-p', 'FAIL:400', ...JSON_OUT] }], differences: ASKS_ONCE },
  failing(400, ...ASKS_ONCE),
  failing(
    401,
    ...decided(
      'a wrong key is not tried again',
      '1/events',
      '1/system:api_retry#1',
      '1/requests',
      '1/request#2',
    ),
  ),
  failing(403),
  failing(
    404,
    ...inOwnWords('it says what the API said'),
    ...decided('a model that is not there is not asked again', '1/requests', '1/request#2'),
  ),
  failing(
    413,
    ...inOwnWords('it says what the API said'),
    ...decided('no picture needs to be the reason', '1/result#1/terminal_reason'),
  ),
  failing(500, ...inOwnWords('it says what the API said')),
  failing(529, ...inOwnWords('it says what the API said')),
  asking('429, then an answer', [
    reply().status(429, { headers: { 'retry-after': '1' } }),
    reply().text('at last'),
  ]),
  asking('500, then an answer', [reply().status(500), reply().text('at last')]),
  asking('529, then an answer', [reply().status(529), reply().text('at last')]),
  asking('408, then an answer', [reply().status(408), reply().text('at last')]),
  asking('a stream that is cut', [reply().text('half of it').cut(), reply().text('whole')]),
  asking(
    'an overload in the middle of a stream',
    [reply().text('half').errorEvent(), reply().text('whole')],
    ...otherwise(
      'what broke is asked for again from the start, where the real program goes on from what it has told',
      '1/assistant#1',
      '1/assistant#2',
      '1/system:api_retry#1',
      '1/request#2/messages/1',
      '1/request#2/messages/2',
    ),
  ),
  asking(
    'a reply cut at the limit',
    [reply().text('half of').stop('max_tokens'), reply().text('whole')],
    ...ASKED_ON,
    ...decided('nothing of the answer is lost', '1/result#1/result'),
  ),
  asking(
    'a refusal',
    [reply().text('no').stop('refusal'), reply().text('well')],
    ...ASKED_ON,
    ...decided('in words of our own', '1/system:informational#1/content'),
    ...decided('the refused message is not named', '1/user#1/refused_message_id'),
  ),
  asking('a reply without content', [reply(), reply().text('something')], ...ASKED_ON),
  {
    title: 'no key',
    calls: [{ args: ['-p', 'hi', ...STREAM], env: { ANTHROPIC_API_KEY: '' } }],
    differences: inOwnWords('there is no /login here'),
  },
  {
    title: 'a fallback model for an overloaded one',
    calls: [
      {
        args: ['-p', 'hi', '--model', 'opus', '--fallback-model', 'haiku', ...STREAM],
        replies: [reply().status(529), reply().status(529), reply().status(529), reply().text('the other')],
      },
    ],
    differences: decided('in words of our own', '1/system:model_fallback#1/content'),
  },
];
