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
  outputFormat: 'text',
  verbose: false,
  schema: undefined,
  model: undefined,
  effort: undefined,
  maxTurns: undefined,
  systemPrompt: undefined,
  appendSystemPrompt: undefined,
  permissionMode: 'default',
  allowedTools: [],
  disallowedTools: [],
  tools: undefined,
  agent: undefined,
  sessionId: undefined,
  rehearse: false,
};

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
  ['no tools', ['--tools', ''], { tools: [] }],
  ['the default tools', ['--tools', 'default'], { tools: undefined }],
  ['manual is the newer word for default', ['--permission-mode', 'manual'], { permissionMode: 'default' }],
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
    [['--session-id', 'abc'], 'Error: Invalid session ID. Must be a valid UUID.'],
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
