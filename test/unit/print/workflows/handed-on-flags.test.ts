import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../../../src/print/flags/parse-flags.ts';
import { type PrintOptions, readOptions } from '../../../../src/print/options.ts';
import { handedOnFlags } from '../../../../src/print/workflows/handed-on-flags.ts';

function optionsOf(argv: readonly string[]): PrintOptions {
  const line = parseFlags(argv);
  if (line.kind !== 'ok') throw new Error(`${argv.join(' ')}: ${line.kind}`);
  const reading = readOptions(line);
  if (reading.kind !== 'ok') throw new Error(reading.message);
  return reading.options;
}

/** What an agent makes of the flags that a session with these hands on. */
function handedOn(argv: readonly string[], isNarrowed = false) {
  const options = optionsOf(argv);
  const limits = { cwd: '/project', availableTools: options.tools, isNarrowed };
  const flags = handedOnFlags({ options, ...limits });
  return { ...flags, agent: optionsOf([...flags.kept, ...flags.unkept]) };
}

describe('an agent is held to what its session was given', () => {
  test.each<[readonly string[], Partial<PrintOptions>]>([
    [
      ['--disallowedTools', 'Bash(rm *),Edit', 'mcp__x'],
      { disallowedTools: ['Bash(rm *)', 'Edit', 'mcp__x'] },
    ],
    [['--tools', 'Read,Grep'], { tools: ['Read', 'Grep'] }],
    [['--tools', ''], { tools: [] }],
    [['--tools', 'default'], { tools: undefined }],
    [['--add-dir', 'a', '/b'], { addDirs: ['/project/a', '/b'] }],
    [['--setting-sources', ''], { settingSources: [] }],
    [['--setting-sources', 'user'], { settingSources: ['user'] }],
    [['--settings', 's.json'], { settings: '/project/s.json' }],
    [['--settings', '{"a":1}'], { settings: '{"a":1}' }],
    [
      ['--mcp-config', 'm.json', '{}', '--strict-mcp-config'],
      { mcpConfigs: ['/project/m.json', '{}'], strictMcpConfig: true },
    ],
    [['--agents', 'a.json'], { agents: '/project/a.json' }],
    [['--fallback-model', 'a,b'], { fallbackModels: ['a', 'b'] }],
    [['--bare', '--no-session-persistence'], { bare: true, persists: false }],
    [
      [],
      { disallowedTools: [], tools: undefined, addDirs: [], settingSources: undefined, settings: undefined },
    ],
  ])('%j', (argv, expected) => {
    expect(handedOn(argv).agent).toMatchObject(expected);
  });
});

test('the project whose settings hold is that of the session', () => {
  expect(handedOn([]).agent.projectConfigRoot).toBeUndefined();
  expect(handedOn(['--project-config-root', '/main']).agent.projectConfigRoot).toBe('/main');
});

test('what may hold a secret is kept apart', () => {
  const { kept, unkept } = handedOn([
    '--settings',
    '{"env":{"K":"v"}}',
    '--mcp-config',
    '{"mcpServers":{}}',
    'f',
  ]);
  expect(kept).toEqual(['--mcp-config', '/project/f']);
  expect(unkept).toEqual(['--settings', '{"env":{"K":"v"}}', '--mcp-config', '{"mcpServers":{}}']);
});

test('no servers are handed on by a session that an agent type narrows', () => {
  expect(handedOn(['--mcp-config', '{}', 'f'], true)).toMatchObject({
    kept: ['--strict-mcp-config'],
    unkept: [],
  });
});

test('a list cannot carry a flag along', () => {
  expect(handedOn(['--disallowedTools', 'A,--dangerously-skip-permissions']).agent).toMatchObject({
    disallowedTools: ['A'],
    permissionMode: undefined,
  });
});
