/** The forms in which an answer comes out and a prompt goes in. */
import { reply } from '../../../support/api/fake-messages-api.ts';
import type { Case } from '../case.ts';
import { JSON_OUT, one, STREAM } from './calls.ts';
import { decided } from './decided.ts';

const PIECES_FIRST = decided('a message is told when it is whole, after all its pieces', '1/events');

export const OUTPUT_CASES: readonly Case[] = [
  { title: 'text', ...one('-p', 'ECHO:hi') },
  { title: 'json', ...one('-p', 'ECHO:hi', ...JSON_OUT) },
  { title: 'stream-json', ...one('-p', 'ECHO:hi', ...STREAM) },
  { title: 'json with --verbose', ...one('-p', 'ECHO:hi', ...JSON_OUT, '--verbose') },
  { title: 'text with --verbose', ...one('-p', 'ECHO:hi', '--verbose') },
  { title: 'stream-json without --verbose', ...one('-p', 'ECHO:hi', '--output-format', 'stream-json') },
  {
    title: 'a text that ends with a line feed',
    calls: [{ args: ['-p', 'hi'], replies: [reply().text('line\n')] }],
  },
  {
    title: 'several texts in one message',
    calls: [{ args: ['-p', 'hi', ...STREAM], replies: [reply().text('one').text('two')] }],
  },
  {
    title: 'thinking before the text',
    calls: [{ args: ['-p', 'hi', ...STREAM], replies: [reply().thinking('hm').text('well')] }],
  },
  {
    title: 'tokens and dollars, of cached ones too',
    calls: [
      {
        args: ['-p', 'hi', ...JSON_OUT],
        replies: [
          reply()
            .text('x')
            .usage({
              input_tokens: 1000,
              output_tokens: 2000,
              cache_read_input_tokens: 3000,
              cache_creation_input_tokens: 4000,
              cache_creation: { ephemeral_5m_input_tokens: 3000, ephemeral_1h_input_tokens: 1000 },
            }),
        ],
      },
    ],
  },
  {
    title: 'pieces of messages',
    calls: [
      { args: ['-p', 'hi', '--include-partial-messages', ...STREAM], replies: [reply().text('in pieces')] },
    ],
    differences: PIECES_FIRST,
  },
  {
    title: 'pieces of a tool call',
    calls: [
      {
        args: ['-p', 'hi', '--include-partial-messages', '--allowedTools', 'Bash', ...STREAM],
        replies: [reply().text('look').tool('Bash', { command: 'echo seen' }), reply().text('end')],
      },
    ],
    differences: PIECES_FIRST,
  },
  {
    title: '--include-partial-messages without stream-json',
    ...one('-p', 'hi', '--include-partial-messages'),
  },
  {
    title: '-v',
    ...one('-v'),
    differences: decided('each program says its own version', '1/stdout'),
  },
  {
    title: '-h',
    ...one('-h'),
    differences: decided('each program describes its own flags', '1/stdout'),
  },
];

export const INPUT_CASES: readonly Case[] = [
  { title: 'a prompt on stdin', calls: [{ args: ['-p', ...STREAM], stdin: 'ECHO:from stdin\n' }] },
  { title: 'a prompt in both', calls: [{ args: ['-p', 'first', ...STREAM], stdin: 'ECHO:second\n' }] },
  { title: 'a prompt before the flags', ...one('ECHO:hi', '-p', ...JSON_OUT) },
  { title: 'a prompt after --', ...one('-p', '--', '--x') },
  { title: 'two words', ...one('-p', 'ECHO:one', 'two') },
  { title: 'no prompt', ...one('-p') },
  { title: 'an empty prompt', ...one('-p', '') },
  { title: 'white space', calls: [{ args: ['-p'], stdin: ' \n\t\n' }] },
  { title: 'unicode, and a line separator', ...one('-p', 'ECHO:ä€😀\u2028é', ...STREAM) },
];
