/** Sessions that are kept, gone on with and forked. */
import { reply } from '../../../support/api/fake-messages-api.ts';
import type { Case, Invocation } from '../case.ts';
import { JSON_OUT, SILENCE, STREAM } from './calls.ts';
import { decided, varying } from './decided.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const FIRST: Invocation = { args: ['-p', 'ECHO:first', ...JSON_OUT] };

const NO_TITLES = decided('sessions go by their id alone', '1/stderr');

const second = (title: string, ...args: readonly string[]): Case => ({
  title,
  calls: [FIRST, { args: ['-p', 'ECHO:second', ...args, ...STREAM] }],
});

export const SESSION_CASES: readonly Case[] = [
  { title: '--session-id', calls: [{ args: ['-p', 'ECHO:hi', '--session-id', ID, ...STREAM] }] },
  {
    title: '--session-id of a session that is there',
    calls: [
      { args: ['-p', 'ECHO:hi', '--session-id', ID, ...JSON_OUT] },
      { args: ['-p', 'ECHO:again', '--session-id', ID, ...JSON_OUT] },
    ],
  },
  second('--resume', '--resume', '{session}'),
  second('-r', '-r', '{session}'),
  second('--continue', '--continue'),
  { title: '-c with no session', calls: [{ args: ['-p', 'ECHO:hi', '-c', ...STREAM] }] },
  {
    title: '--fork-session',
    calls: [
      FIRST,
      { args: ['-p', 'ECHO:second', '--resume', '{session}', '--fork-session', ...STREAM] },
      { args: ['-p', 'ECHO:third', '--continue', ...STREAM] },
    ],
  },
  { title: '--resume of an unknown id', calls: [{ args: ['-p', 'hi', '--resume', ID] }] },
  {
    title: '--resume of an unknown id, stream-json',
    calls: [{ args: ['-p', 'hi', '--resume', ID, ...STREAM] }],
  },
  {
    title: '--resume of no id',
    calls: [{ args: ['-p', 'hi', '--resume', 'not-an-id'] }],
    differences: NO_TITLES,
  },
  {
    title: '--resume without a value',
    calls: [{ args: ['-p', 'hi', '--resume'] }],
    differences: NO_TITLES,
  },
  {
    title: '--session-id with --resume',
    calls: [FIRST, { args: ['-p', 'hi', '--resume', '{session}', '--session-id', ID] }],
  },
  {
    title: '--no-session-persistence',
    calls: [
      { args: ['-p', 'ECHO:first', '--no-session-persistence', ...JSON_OUT] },
      { args: ['-p', 'ECHO:second', '--resume', '{session}'] },
    ],
  },
  {
    title: 'a session with tools is gone on with',
    calls: [
      {
        args: ['-p', 'go', '--allowedTools', 'Bash', ...JSON_OUT],
        replies: [reply().text('look').tool('Bash', { command: 'echo seen' }), reply().text('end')],
      },
      { args: ['-p', 'ECHO:second', '--continue', ...JSON_OUT] },
    ],
  },
  {
    title: 'a session that was interrupted is gone on with',
    calls: [
      {
        args: ['-p', 'first', ...STREAM],
        replies: [SILENCE],
        interference: { afterRequests: 1, does: 'SIGINT' },
      },
      { args: ['-p', 'ECHO:second', '--continue', ...JSON_OUT] },
    ],
    differences: [
      ...varying('whoever asked for a result gets one', '1/events', '1/result#1'),
      ...decided(
        'two user messages in a row are left as they are, and no answer is invented between them',
        '2/request#1/messages/0/content/2',
        '2/request#1/messages/1',
        '2/request#1/messages/2',
      ),
    ],
  },
  {
    title: 'another folder knows nothing of it',
    calls: [
      FIRST,
      { args: ['-p', 'ECHO:hi', '-c', ...JSON_OUT], env: { CLAUDE_CONFIG_DIR: '{home}/other' } },
    ],
  },
];
