import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { TranscriptWords } from '../../../../src/report/transcript/transcript-words.ts';

function wordsOf(...events: readonly JsonObject[]): string[] {
  const words = new TranscriptWords();
  return events.flatMap((event) => words.lines({ kind: 'event', event }));
}

const says = (from: 'assistant' | 'user', ...content: readonly JsonObject[]): JsonObject => ({
  type: from,
  message: { role: from, content },
});
const uses = (id: string, name: string, input: JsonObject): JsonObject =>
  says('assistant', { type: 'tool_use', id, name, input });
const gives = (id: string, content: string | JsonObject[], isError = false): JsonObject =>
  says('user', { type: 'tool_result', tool_use_id: id, content, is_error: isError });

const USAGE = {
  input_tokens: 300,
  output_tokens: 2_100,
  cache_read_input_tokens: 12_000,
  cache_creation_input_tokens: 0,
};
const RESULT = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 3,
  duration_ms: 12_000,
  total_cost_usd: 0.0042,
  usage: USAGE,
};

test('a whole transcript', () => {
  expect(
    wordsOf(
      { type: 'andwait/call', call: 1, label: 'find', prompt: 'Find bugs.\nAll of them.' },
      {
        type: 'system',
        subtype: 'init',
        model: 'claude-haiku-4-5',
        claude_code_version: '2.1.330',
        permissionMode: 'acceptEdits',
        tools: ['Bash', 'Read'],
        session_id: 's-1',
        cwd: '/repo',
      },
      {
        type: 'system',
        subtype: 'api_retry',
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 2000,
        error_status: 429,
        error: 'rate_limit',
      },
      says(
        'assistant',
        { type: 'thinking', thinking: 'Where to look?' },
        { type: 'text', text: 'I look.\n\nThen I tell.' },
      ),
      uses('t1', 'Bash', { command: 'npm test', description: 'Run tests' }),
      gives('t1', '3 passed'),
      says('assistant', { type: 'text', text: 'No bugs.' }),
      { ...RESULT, result: 'No bugs.' },
    ),
  ).toEqual([
    'prompt   Find bugs.',
    '         All of them.',
    'agent    claude-haiku-4-5, version 2.1.330, acceptEdits, 2 tools, session s-1, in /repo',
    'retry    attempt 1 of 10 in 2.0s: rate_limit, HTTP 429',
    'thinks   Where to look?',
    'text     I look.',
    '',
    '         Then I tell.',
    'tool     Bash: npm test',
    'result   Bash: 3 passed',
    'text     No bugs.',
    'done     12s, 3 turns, 12.3k in 2.1k out, $0.0042',
  ]);
});

describe('tools', () => {
  test.each<[string, string, JsonObject, string]>([
    ['a command', 'Bash', { command: 'ls', timeout: 5 }, 'tool     Bash: ls'],
    ['a file', 'Read', { file_path: 'src/a.ts', limit: 10 }, 'tool     Read: src/a.ts'],
    ['a pattern', 'Grep', { pattern: 'TODO', glob: '*.ts' }, 'tool     Grep: TODO'],
    [
      'a page',
      'WebFetch',
      { url: 'https://example.com', prompt: 'read' },
      'tool     WebFetch: https://example.com',
    ],
    ['another input', 'mcp__x__y', { a: 1, b: ['c'] }, 'tool     mcp__x__y: {"a":1,"b":["c"]}'],
    ['no input', 'ExitPlanMode', {}, 'tool     ExitPlanMode'],
    ['a command of several lines', 'Bash', { command: 'a\nb' }, 'tool     Bash: a b'],
    ['a long command', 'Bash', { command: 'x'.repeat(9_000) }, `tool     Bash: ${'x'.repeat(159)}…`],
  ])('use: %s', (_name, tool, input, line) => expect(wordsOf(uses('t', tool, input))).toEqual([line]));

  test.each<[string, JsonObject, string[]]>([
    ['text', gives('t', 'ok'), ['result   Bash: ok']],
    [
      'blocks',
      gives('t', [
        { type: 'text', text: 'a' },
        { type: 'image', source: {} },
      ]),
      ['result   Bash: a', '         (image)'],
    ],
    ['nothing', gives('t', ''), ['result   Bash: (empty)']],
    ['an error', gives('t', 'exit 1', true), ['error    Bash: exit 1']],
    ['of an unknown use', gives('other', 'ok'), ['result   ok']],
    [
      'long',
      gives('t', Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n')),
      [
        'result   Bash: line 0',
        '         line 1',
        '         line 2',
        '         line 3',
        '         line 4',
        '         … 35 more lines',
      ],
    ],
    [
      'one endless line',
      gives('t', 'x'.repeat(5_000_000)),
      [`result   Bash: ${'x'.repeat(199)}…`, '         …'],
    ],
  ])('result: %s', (_name, event, lines) => {
    expect(wordsOf(uses('t', 'Bash', { command: 'c' }), event).slice(1)).toEqual(lines);
  });

  test('results that come in another order name their own tool', () => {
    const lines = wordsOf(uses('1', 'Bash', {}), uses('2', 'Read', {}), gives('2', 'two'), gives('1', 'one'));
    expect(lines.slice(2)).toEqual(['result   Read: two', 'result   Bash: one']);
  });

  test('a million lines are counted', () => {
    expect(wordsOf(gives('t', 'x\n'.repeat(1_000_000))).at(-1)).toBe('         … 999,995 more lines');
  });
});

describe('the end', () => {
  test.each<[string, JsonObject, string[]]>([
    [
      'a text that nobody said before',
      { ...RESULT, result: 'Cost: 0' },
      ['text     Cost: 0', 'done     12s, 3 turns, 12.3k in 2.1k out, $0.0042'],
    ],
    [
      'a value',
      { ...RESULT, result: '{"ok":true}', structured_output: { ok: true } },
      [
        'value    {',
        '           "ok": true',
        '         }',
        'done     12s, 3 turns, 12.3k in 2.1k out, $0.0042',
      ],
    ],
    [
      'an API error that calls itself success',
      { ...RESULT, is_error: true, terminal_reason: 'api_error', result: 'API Error: 400 no' },
      ['failed   api_error; 12s, 3 turns, 12.3k in 2.1k out, $0.0042', '         API Error: 400 no'],
    ],
    [
      'the turn limit',
      {
        type: 'result',
        subtype: 'error_max_turns',
        is_error: true,
        num_turns: 1,
        errors: ['Reached max turns (1)'],
      },
      ['failed   error_max_turns; 1 turn, unpriced', '         Reached max turns (1)'],
    ],
    [
      'denied tools',
      { ...RESULT, permission_denials: [{ tool_name: 'Bash' }, { tool_name: 'Bash' }, {}] },
      ['done     12s, 3 turns, 12.3k in 2.1k out, $0.0042', 'denied   Bash × 2, a tool × 1'],
    ],
    ['bare', { type: 'result', is_error: false }, ['done     unpriced']],
  ])('%s', (_name, event, lines) => expect(wordsOf(event)).toEqual(lines));
});

describe('other events', () => {
  test.each<[string, JsonObject, string[]]>([
    ['parts of a message', { type: 'stream_event', event: {} }, []],
    ['talk with an SDK', { type: 'control_request', request: {} }, []],
    ['inner state', { type: 'system', subtype: 'session_state_changed' }, []],
    [
      'a task',
      { type: 'system', subtype: 'task_started', description: 'Look around' },
      ['event    task_started: Look around'],
    ],
    ['a new subtype', { type: 'system', subtype: 'moon_phase' }, ['event    moon_phase']],
    ['a new type', { type: 'moon' }, ['event    moon']],
    ['no type', { a: 1 }, ['event    without a type']],
    ['a type that is no text', { type: 7 }, ['event    without a type']],
    ['a new block', says('assistant', { type: 'moon' }), ['content  moon']],
    ['a rate limit that is far', { type: 'rate_limit_event', rate_limit_info: { status: 'allowed' } }, []],
    [
      'a rate limit that is reached',
      {
        type: 'rate_limit_event',
        rate_limit_info: { status: 'rejected', rateLimitType: 'five_hour', resetsAt: 1_767_225_600 },
      },
      ['limit    rejected, five_hour, until 2026-01-01T00:00:00Z'],
    ],
    [
      'a rate limit until the end of time',
      { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: 1e300 } },
      ['limit    rejected, until an unknown time'],
    ],
    ['what the user sends later', says('user', { type: 'text', text: 'go on' }), ['prompt   go on']],
    ['a message that is a bare text', { type: 'assistant', message: { content: 'hi' } }, ['text     hi']],
    ['a message without content', { type: 'assistant' }, []],
    ['an empty text', says('assistant', { type: 'text', text: ' \n' }), []],
    [
      'a sub-agent',
      { ...uses('t', 'Bash', { command: 'ls' }), parent_tool_use_id: 'p' },
      ['  tool     Bash: ls'],
    ],
    ['an init that says nothing', { type: 'system', subtype: 'init' }, ['agent    unknown model']],
    ['a retry that says nothing', { type: 'system', subtype: 'api_retry' }, ['retry    attempt ?']],
  ])('%s', (_name, event, lines) => expect(wordsOf(event)).toEqual(lines));

  test('lines that could not be read', () => {
    const words = new TranscriptWords();
    expect(words.lines({ kind: 'malformed', bytes: 1_234, start: '<html>\x1b[2J' })).toEqual([
      'unread   1,234 bytes, no JSON object: <html>',
    ]);
    expect(words.lines({ kind: 'too-long', bytes: 60_000_000 })).toEqual([
      'unread   a line of 60,000,000 bytes',
    ]);
  });
});

test('hostile text moves nothing, wherever it stands, and begins no line like ours', () => {
  const evil = '\x1b[2J\x1b]52;c;eA==\x07a\ndone     \u202e\x9b1mb';
  const lines = wordsOf(
    { type: 'andwait/call', prompt: evil },
    {
      type: 'system',
      subtype: 'init',
      model: evil,
      cwd: evil,
      session_id: evil,
      permissionMode: evil,
      claude_code_version: evil,
    },
    { type: 'system', subtype: 'api_retry', error: evil },
    { type: 'system', subtype: evil, description: evil },
    { type: evil },
    says('assistant', { type: 'text', text: evil }, { type: 'thinking', thinking: evil }, { type: evil }),
    uses('t', evil, { command: evil }),
    uses('u', evil, { [evil]: evil }),
    gives('t', evil),
    gives('u', [{ type: evil }]),
    { type: 'rate_limit_event', rate_limit_info: { status: evil, rateLimitType: evil } },
    {
      type: 'result',
      is_error: true,
      subtype: evil,
      result: evil,
      permission_denials: [{ tool_name: evil }],
    },
  );
  expect(lines.join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(lines.filter((line) => line.startsWith('done'))).toEqual([]);
});

test('of an agent on another host: where it was, and what is missing', () => {
  const lines = wordsOf(
    { type: 'andwait/host', host: 'al\u001b[2Jpha' },
    { type: 'andwait/gap', bytes: 50_112 },
    { type: 'andwait/gap', bytes: null },
  );
  expect(lines).toEqual(['host     alpha', 'missing  … 50,112 bytes', 'missing  … perhaps more']);
});
