import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../../src/print/flags/parse-flags.ts';
import { type OptionsReading, readOptions } from '../../../src/print/options.ts';

function optionsOf(...argv: string[]): OptionsReading {
  const line = parseFlags(argv);
  if (line.kind !== 'ok') throw new Error(JSON.stringify(line));
  return readOptions(line);
}

const DEFAULTS = {
  prompt: undefined,
  inputFormat: 'text',
  outputFormat: 'text',
  verbose: false,
  schema: undefined,
  model: undefined,
  fallbackModels: [],
  effort: undefined,
  ultracode: false,
  maxTurns: undefined,
  maxBudgetUsd: undefined,
  systemPrompt: undefined,
  systemPromptFile: undefined,
  appendSystemPrompt: undefined,
  appendSystemPromptFile: undefined,
  permissionMode: undefined,
  allowsBypass: false,
  allowedTools: [],
  disallowedTools: [],
  tools: undefined,
  asksHost: false,
  addDirs: [],
  mcpConfigs: [],
  strictMcpConfig: false,
  settings: undefined,
  settingSources: undefined,
  projectConfigRoot: undefined,
  agent: undefined,
  agents: undefined,
  sessionId: undefined,
  resume: undefined,
  continues: false,
  forks: false,
  persists: true,
  includesPieces: false,
  replaysUserMessages: false,
  tellsHooks: false,
  windowTokens: undefined,
  bare: false,
  debug: false,
  rehearse: false,
};

const STREAM = ['--output-format', 'stream-json', '--verbose'];
const STREAMED = { outputFormat: 'stream-json', verbose: true };

test.each<[string, string[], object]>([
  ['nothing', [], {}],
  ['the first word is the prompt', ['a', 'b'], { prompt: 'a' }],
  ['a schema', ['--json-schema', '{"type":"object"}'], { schema: { type: 'object' } }],
  ['an empty schema is none', ['--json-schema='], {}],
  ['turns', ['--max-turns', '3'], { maxTurns: 3 }],
  [
    'tools by commas and words',
    ['--allowedTools', 'Read,Bash(git *)', 'Edit'],
    { allowedTools: ['Read', 'Bash(git *)', 'Edit'] },
  ],
  ['hooks told of', [...STREAM, '--include-hook-events'], { ...STREAMED, tellsHooks: true }],
  ['hooks told of, with nowhere to tell it', ['--include-hook-events'], {}],
  ['the settings of another folder', ['--project-config-root', '/p'], { projectConfigRoot: '/p' }],
  ['a context of the model', ['--autocompact', 'auto'], {}],
  ['a context, in thousands', ['--autocompact=200'], { windowTokens: 200_000 }],
  ['a context, with a unit', ['--autocompact', '500k'], { windowTokens: 500_000 }],
  ['a context, in tokens', ['--autocompact', '100000'], { windowTokens: 100_000 }],
  ['no tools', ['--tools', ''], { tools: [] }],
  ['the default tools', ['--tools', 'default'], { tools: undefined }],
  ['manual is the newer word for default', ['--permission-mode', 'manual'], { permissionMode: 'default' }],
  ['a budget', ['--max-budget-usd', '0.5'], { maxBudgetUsd: 0.5 }],
  ['several stand-ins', ['--fallback-model', 'haiku,sonnet'], { fallbackModels: ['haiku', 'sonnet'] }],
  [
    'permissions skipped, whatever mode is named',
    ['--dangerously-skip-permissions', '--permission-mode', 'plan'],
    { permissionMode: 'bypassPermissions' },
  ],
  ['a session to go on with', ['-r', 'abc', 'hi'], { resume: 'abc', prompt: 'hi' }],
  ['a session to go on with, without a name', ['-r', '-p'], { resume: '' }],
  ['the latest session, forked', ['-c', '--fork-session'], { continues: true, forks: true }],
  ['nothing kept', ['--no-session-persistence'], { persists: false }],
  ['a host to ask', ['--permission-prompt-tool=stdio'], { asksHost: true, permissionPromptTool: 'stdio' }],
  ['nobody to ask', ['--permission-prompt-tool=stdio', '--permission-prompts', 'none'], {}],
  ['workflows unasked', ['--effort', 'ultracode'], { effort: 'xhigh', ultracode: true }],
  ['some settings', ['--setting-sources', 'project, user'], { settingSources: ['user', 'project'] }],
  ['no settings', ['--setting-sources='], { settingSources: [] }],
  ['folders', ['--add-dir', '/a', '/b', '--add-dir=/c'], { addDirs: ['/a', '/b', '/c'] }],
  [
    'streams both ways',
    ['--input-format=stream-json', '--output-format=stream-json', '--verbose', '--replay-user-messages'],
    { inputFormat: 'stream-json', outputFormat: 'stream-json', verbose: true, replaysUserMessages: true },
  ],
  [
    'stream-json with --verbose',
    ['--output-format', 'stream-json', '--verbose'],
    { outputFormat: 'stream-json', verbose: true },
  ],
])('%s', (_name, argv, differs) => {
  expect(optionsOf(...argv)).toEqual({ kind: 'ok', options: { ...DEFAULTS, ...differs }, warnings: [] });
});

describe('refused', () => {
  test.each([
    [
      ['--output-format', 'stream-json'],
      'Error: When using --print, --output-format=stream-json requires --verbose',
    ],
    [['--json-schema', '[]'], 'Error: --json-schema must be a JSON object'],
    [
      ['--max-turns', 'abc'],
      "error: option '--max-turns <turns>' argument 'abc' is invalid. must be a number",
    ],
    [
      ['--input-format', 'stream-json'],
      'Error: --input-format=stream-json requires output-format=stream-json.',
    ],
    [
      ['--replay-user-messages'],
      'Error: --replay-user-messages requires both --input-format=stream-json and --output-format=stream-json.',
    ],
    [
      ['--include-partial-messages'],
      'Error: --include-partial-messages requires --print and --output-format=stream-json.',
    ],
    [
      ['--setting-sources', 'foo'],
      'Error processing --setting-sources: Invalid setting source: foo. Valid options are: user, project, local',
    ],
    ...['0', '-1', 'abc', ''].map((amount): [string[], string] => [
      ['--max-budget-usd', amount],
      `error: option '--max-budget-usd <amount>' argument '${amount}' is invalid. --max-budget-usd must be a number greater than 0`,
    ]),
    ...['bad', '50000', '99', ''].map((size): [string[], string] => [
      ['--autocompact', size],
      `error: option '--autocompact <auto|tokens>' argument '${size}' is invalid. It must be 'auto', or at least 100k (e.g. 500k, 200000, or 200 as shorthand)`,
    ]),
    [
      ['--project-config-root', 'here'],
      'Error: --project-config-root must be an absolute local path, not "here"',
    ],
    [['--session-id', 'abc'], 'Error: Invalid session ID. Must be a valid UUID.'],
    [
      ['--managed-settings', '{}'],
      'Error: --managed-settings "{}" is not read by andwait-print, and its rules would not hold. Give them with --settings, or in the machine\'s managed settings file',
    ],
  ])('%j', (argv, message) => {
    expect(optionsOf(...argv)).toEqual({ kind: 'error', message });
  });

  test('a schema that is no JSON', () => {
    expect(optionsOf('--json-schema', 'xx')).toEqual({
      kind: 'error',
      message: expect.stringMatching(/^Error: --json-schema is not valid JSON: ./),
    });
  });
});

test('an unknown effort is a warning', () => {
  expect(optionsOf('--effort', 'huge')).toMatchObject({
    kind: 'ok',
    options: { effort: undefined },
    warnings: [expect.stringMatching(/^Warning: Unknown --effort value 'huge'/)],
  });
});

test('what was passed over is said with --debug alone', () => {
  expect(optionsOf('--chrome', '--max-thinking-tokens', '5')).toMatchObject({ warnings: [] });
  expect(optionsOf('--chrome', '--max-thinking-tokens=5', '--debug')).toMatchObject({
    warnings: [expect.stringContaining('--chrome'), expect.stringContaining('--max-thinking-tokens')],
  });
});
