/** Turns, questions and answers that come as lines on stdin. */
import { reply } from '../../../support/api/fake-messages-api.ts';
import type { Case } from '../case.ts';
import { SILENCE, STREAM } from './calls.ts';
import { decided } from './decided.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const TWO_WAY = ['-p', '--input-format', 'stream-json', ...STREAM] as const;
const line = (value: object): string => `${JSON.stringify(value)}\n`;
const said = (content: string, more: object = {}): string =>
  line({
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: '',
    ...more,
  });
const asked = (request_id: string, request: object): string =>
  line({ type: 'control_request', request_id, request });

const ASKING = [...TWO_WAY, '--permission-prompt-tool', 'stdio'] as const;
const touching = [reply().tool('Bash', { command: 'touch made' }), reply().text('end')];
const answer = (response: object): string =>
  line({ type: 'control_response', response: { subtype: 'success', request_id: '{asked}', response } });
const ALLOW = { behavior: 'allow', updatedInput: { command: 'touch made' } };
const DENY = { behavior: 'deny', message: 'not today' };

const QUOTED = decided('the line is quoted', '1/stderr');

/** What the host may make of it is the host's business. */
const NO_SUGGESTIONS = decided(
  'a question brings no suggestions',
  ...['blocked_path', 'description', 'permission_suggestions'].map(
    (name) => `1/control_request#1/request/${name}`,
  ),
);

export const STREAM_CASES: readonly Case[] = [
  { title: 'one turn', calls: [{ args: TWO_WAY, stdin: said('ECHO:one') }] },
  {
    title: 'two turns',
    calls: [
      { args: TWO_WAY, stdin: [{ text: said('ECHO:one') }, { text: said('ECHO:two'), afterResults: 1 }] },
    ],
  },
  {
    title: 'content in blocks',
    calls: [
      {
        args: TWO_WAY,
        stdin: line({
          type: 'user',
          message: {
            role: 'user',
            content: [
              { type: 'text', text: 'first' },
              { type: 'text', text: 'ECHO:block' },
            ],
          },
        }),
      },
    ],
  },
  {
    title: '--replay-user-messages',
    calls: [
      {
        args: [...TWO_WAY, '--replay-user-messages'],
        stdin: [{ text: said('ECHO:one', { uuid: ID }) }, { text: said('ECHO:two'), afterResults: 1 }],
      },
    ],
  },
  { title: 'nothing', calls: [{ args: TWO_WAY }] },
  { title: 'blank lines', calls: [{ args: TWO_WAY, stdin: `\n\n${said('ECHO:one')}\n` }] },
  {
    title: 'a line that is no JSON',
    calls: [{ args: TWO_WAY, stdin: '{"type":\n' }],
    differences: QUOTED,
  },
  {
    title: 'a line that is no JSON after a turn',
    calls: [{ args: TWO_WAY, stdin: [{ text: said('ECHO:one') }, { text: 'nonsense\n', afterResults: 1 }] }],
    differences: QUOTED,
  },
  {
    title: 'a line of an unknown type',
    calls: [{ args: TWO_WAY, stdin: `${line({ type: 'news' })}${said('ECHO:one')}` }],
  },
  {
    title: 'a role that is none',
    calls: [{ args: TWO_WAY, stdin: line({ type: 'user', message: { role: 'assistant', content: 'x' } }) }],
  },
  {
    title: 'a prompt as an argument too',
    calls: [{ args: [...TWO_WAY, 'ECHO:argument'], stdin: said('ECHO:line') }],
  },
  {
    title: 'an interrupt',
    calls: [
      {
        args: TWO_WAY,
        stdin: [
          { text: said('go') },
          { text: asked('r1', { subtype: 'interrupt' }), afterRequests: 1 },
          { text: said('ECHO:after'), afterResults: 1 },
        ],
        replies: [SILENCE],
      },
    ],
    differences: decided('it says who interrupted', '1/result#1/errors/0'),
  },
  {
    title: 'an interrupt once a message has begun',
    calls: [
      {
        args: [...TWO_WAY, '--include-partial-messages'],
        stdin: [{ text: said('go') }, { text: asked('r1', { subtype: 'interrupt' }), afterPieces: 1 }],
        replies: [reply().hang()],
      },
    ],
    differences: [
      ...decided('it says who interrupted', '1/result#1/errors/0'),
      ...decided('usage counts what was billed; the real program says 0', '1/result#1/usage'),
      ...decided('no end of a message is made up', '1/events', '1/stream_event#2', '1/stream_event#3'),
    ],
  },
  {
    title: 'another model',
    calls: [
      {
        args: TWO_WAY,
        stdin: [
          { text: said('ECHO:one') },
          { text: asked('r1', { subtype: 'set_model', model: 'haiku' }), afterResults: 1 },
          { text: said('ECHO:two') },
        ],
      },
    ],
    differences: decided(
      'a change of model leaves no trace in the conversation',
      '1/events',
      '1/user#1',
      '1/request#2/messages/2/content',
    ),
  },
  {
    title: 'another mode',
    calls: [
      {
        args: TWO_WAY,
        stdin: [
          { text: said('ECHO:one') },
          { text: asked('r1', { subtype: 'set_permission_mode', mode: 'acceptEdits' }), afterResults: 1 },
          { text: said('ECHO:two') },
        ],
      },
    ],
  },
  {
    title: 'a request of an unknown subtype',
    calls: [{ args: TWO_WAY, stdin: `${asked('r1', { subtype: 'sing' })}${said('ECHO:one')}` }],
  },
  {
    title: 'a permission that the host gives',
    calls: [
      {
        args: ASKING,
        stdin: [{ text: said('go') }, { text: answer(ALLOW), afterQuestions: 1 }],
        replies: touching,
      },
    ],
    looksAt: ['work/made'],
    differences: NO_SUGGESTIONS,
  },
  {
    title: 'a permission that the host refuses',
    calls: [
      {
        args: ASKING,
        stdin: [{ text: said('go') }, { text: answer(DENY), afterQuestions: 1 }],
        replies: touching,
      },
    ],
    looksAt: ['work/made'],
    differences: NO_SUGGESTIONS,
  },
  {
    title: 'a host that refuses and interrupts',
    calls: [
      {
        args: ASKING,
        stdin: [{ text: said('go') }, { text: answer({ ...DENY, interrupt: true }), afterQuestions: 1 }],
        replies: touching,
      },
    ],
    looksAt: ['work/made'],
    differences: [
      ...NO_SUGGESTIONS,
      ...decided(
        'the model is told what the host said',
        '1/user#1/message/content/0/content',
        '1/user#1/tool_use_result',
      ),
      ...decided('it says who interrupted', '1/result#1/errors/0'),
    ],
  },
];
