/** Tools that are used: what they are told, what they say, and what is left of them on disk. */
import path from 'node:path';
import { reply } from '../../../support/api/fake-messages-reply.ts';
import type { Case } from '../case.ts';
import { JSON_OUT, STREAM } from './calls.ts';
import { decided, denialInOwnWords, resultInOwnWords } from './decided.ts';

const ACCEPT = ['--permission-mode', 'acceptEdits'] as const;
const BASH = ['--allowedTools', 'Bash'] as const;
const A_FILE = { 'work/a.txt': 'one\ntwo\n' };
const END = reply().text('end');
const TOUCHING = [reply().tool('Bash', { command: 'touch made' }), END];

const MCP = JSON.stringify({
  mcpServers: {
    echo: {
      command: 'node',
      args: [path.resolve(import.meta.dirname, '../../../unit/print/mcp/echo-server.cjs')],
      env: { MARK: 'of its own', ANTHROPIC_API_KEY: 'another' },
    },
  },
});

const OFFERED_AT_ONCE = decided(
  'tools of MCP servers are offered from the start; the real program lets the model look for them first',
  '1/request#1/tools',
  '1/request#2/tools',
);

export const TOOL_CASES: readonly Case[] = [
  {
    title: 'a file is read, changed and shown',
    calls: [
      {
        args: ['-p', 'go', ...ACCEPT, ...STREAM],
        replies: (cwd) => [
          reply().tool('Read', { file_path: `${cwd}/a.txt` }),
          reply().tool('Edit', {
            file_path: `${cwd}/a.txt`,
            old_string: 'two',
            new_string: 'zwei',
            replace_all: false,
          }),
          reply().tool('Bash', { command: 'cat a.txt' }),
          END,
        ],
      },
    ],
    files: A_FILE,
    looksAt: ['work/a.txt'],
    differences: [
      ...resultInOwnWords('what a tool says of its success is in words of our own'),
      ...decided(
        'a large file would be in the stream twice',
        '1/user#2/tool_use_result/originalFile',
        '1/user#2/tool_use_result/structuredPatch',
      ),
    ],
  },
  {
    title: 'a part of a file is read',
    calls: [
      {
        args: ['-p', 'go', ...STREAM],
        replies: (cwd) => [reply().tool('Read', { file_path: `${cwd}/a.txt`, offset: 2, limit: 1 }), END],
      },
    ],
    files: A_FILE,
  },
  {
    title: 'several calls in one reply',
    calls: [
      {
        args: ['-p', 'go', ...BASH, ...STREAM],
        replies: [
          reply().text('look').tool('Bash', { command: 'touch one' }).tool('Bash', { command: 'touch two' }),
          END,
        ],
      },
    ],
    looksAt: ['work/one', 'work/two'],
  },
  {
    title: 'a command that fails',
    calls: [
      {
        args: ['-p', 'go', ...BASH, ...STREAM],
        replies: [reply().tool('Bash', { command: 'echo out; echo err >&2; exit 3' }), END],
      },
    ],
  },
  {
    title: 'a command that changes the folder',
    calls: [
      {
        args: ['-p', 'go', ...BASH, ...STREAM],
        replies: [reply().tool('Bash', { command: 'cd sub' }), reply().tool('Bash', { command: 'pwd' }), END],
      },
    ],
    files: { 'work/sub/there': '' },
  },
  {
    title: 'a file that is not there',
    calls: [
      {
        args: ['-p', 'go', ...STREAM],
        replies: (cwd) => [reply().tool('Read', { file_path: `${cwd}/none.txt` }), END],
      },
    ],
  },
  {
    title: 'an edit that does not fit',
    calls: [
      {
        args: ['-p', 'go', ...ACCEPT, ...STREAM],
        replies: (cwd) => [
          reply().tool('Read', { file_path: `${cwd}/a.txt` }),
          reply().tool('Edit', {
            file_path: `${cwd}/a.txt`,
            old_string: 'three',
            new_string: 'x',
            replace_all: false,
          }),
          END,
        ],
      },
    ],
    files: A_FILE,
  },
  {
    title: 'an edit without replace_all',
    calls: [
      {
        args: ['-p', 'go', ...ACCEPT, ...STREAM],
        replies: (cwd) => [
          reply().tool('Edit', { file_path: `${cwd}/none.txt`, old_string: 'a', new_string: 'b' }),
          END,
        ],
      },
    ],
    differences: decided(
      'the input is told as the model gave it, without defaults filled in',
      '1/assistant#1/message/content/0/input/replace_all',
      '1/request#2/messages/1/content/0/input/replace_all',
    ),
  },
  {
    title: 'a tool that is not there',
    calls: [{ args: ['-p', 'go', ...STREAM], replies: [reply().tool('Nope', { a: 1 }), END] }],
  },
  {
    title: 'an input that does not fit the tool',
    calls: [{ args: ['-p', 'go', ...STREAM], replies: [reply().tool('Bash', { cmd: 'ls' }), END] }],
    differences: decided('programs are told what the model is told', '1/user#1/tool_use_result'),
  },
  {
    title: 'a denied call, text',
    calls: [{ args: ['-p', 'go'], replies: TOUCHING }],
    differences: denialInOwnWords('request'),
  },
  {
    title: 'a denied call, json',
    calls: [{ args: ['-p', 'go', ...JSON_OUT], replies: TOUCHING }],
    differences: denialInOwnWords('request'),
  },
  {
    title: 'a tool of an MCP server',
    calls: [
      {
        args: [
          '-p',
          'go',
          '--mcp-config',
          MCP,
          '--strict-mcp-config',
          '--allowedTools',
          'mcp__echo',
          ...STREAM,
        ],
        replies: [reply().tool('mcp__echo__echo', { say: 'hello' }), END],
      },
    ],
    differences: OFFERED_AT_ONCE,
  },
  {
    title: 'a tool of an MCP server, not allowed',
    calls: [
      {
        args: ['-p', 'go', '--mcp-config', MCP, ...STREAM],
        replies: [reply().tool('mcp__echo__fail', {}), END],
      },
    ],
    differences: [...OFFERED_AT_ONCE, ...denialInOwnWords()],
  },
  {
    title: 'an MCP server that cannot be started',
    calls: [
      { args: ['-p', 'ECHO:hi', '--mcp-config', '{"mcpServers":{"gone":{"command":"false"}}}', ...STREAM] },
    ],
    differences: decided('that its tools are missing is said', '1/stderr'),
  },
];
