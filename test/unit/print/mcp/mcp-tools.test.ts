import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readMcpConfigs } from '../../../../src/print/mcp/mcp-config.ts';
import { connectMcp } from '../../../../src/print/mcp/mcp-tools.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SERVER = path.join(import.meta.dirname, 'echo-server.cjs');

describe('configurations', () => {
  const read = (...configs: string[]) =>
    readMcpConfigs(configs, { cwd: temporaryFolder(), env: { KEY: 'k' } });

  test('files and strings, the later of one name counts, variables are put in', async () => {
    const file = path.join(temporaryFolder(), 'mcp.json');
    writeFileSync(
      file,
      '{"mcpServers":{"a":{"command":"old"},"b":{"command":"b","args":["${KEY}","${NO:-x}","${NO}"]}}}',
    );
    const later = '{"mcpServers":{"a":{"type":"http","url":"http://h/${KEY}","headers":{"x":"${KEY}"}}}}';
    expect(await read(file, later)).toEqual({
      kind: 'ok',
      servers: [
        { kind: 'http', name: 'a', url: new URL('http://h/k'), headers: { x: 'k' } },
        { kind: 'stdio', name: 'b', command: 'b', args: ['k', 'x', '${NO}'], env: {} },
      ],
    });
  });

  test.each([
    ['/nope', /^Error: Invalid MCP configuration:\nMCP config file not found: \/nope$/],
    ['{bad', /no JSON/],
    ['{}', /expected \{"mcpServers"/],
    ['{"mcpServers":{"a":{}}}', /a: expected a "command"/],
    ['{"mcpServers":{"a":{"type":"http","url":"x"}}}', /a: "url" is "x"/],
  ])('refused: %s', async (config, message) => {
    expect(await read(config)).toEqual({ kind: 'bad', message: expect.stringMatching(message) });
  });
});

describe('what a server offers', () => {
  const offered = async (env: Record<string, string>) => {
    const server = { kind: 'stdio', name: 's', command: process.execPath, args: [SERVER], env } as const;
    const place = { cwd: temporaryFolder(), startMs: 10_000, callMs: 10_000 };
    const connections = await connectMcp([server], place);
    onTestFinished(() => connections[Symbol.dispose]());
    const { tools, warnings } = connections;
    return { specs: tools.map(({ spec }) => spec), names: tools.map(({ spec }) => spec.name), warnings };
  };

  test('on pages is taken whole, as far as they go', async () => {
    const pages = JSON.stringify([[{ name: 'a' }], [{ name: 'b' }], [{ name: 'c' }]]);
    expect((await offered({ PAGES: pages })).names).toEqual(['mcp__s__a', 'mcp__s__b', 'mcp__s__c']);
    const endless = await offered({ PAGES: pages, ENDLESS: 'yes' });
    expect(endless.names).toEqual(['mcp__s__a', 'mcp__s__b', 'mcp__s__c']);
    expect(endless.warnings).toHaveLength(17);
  });

  test('is no name that the API would refuse the request for', async () => {
    const tools = [{ name: 'a b' }, { name: 'a_b' }, { name: 'x'.repeat(120) }, { name: 'y'.repeat(121) }];
    const { names, warnings } = await offered({ PAGES: JSON.stringify([tools]) });
    expect(names).toEqual(['mcp__s__a_b', `mcp__s__${'x'.repeat(120)}`]);
    expect(warnings).toEqual([
      'Warning: a tool of an MCP server is left out, its name is there twice: mcp__s__a_b',
      expect.stringContaining('longer than 128 characters: mcp__s__yyy'),
    ]);
  });

  test('is nothing where it refuses, and what it says of that steers no terminal', async () => {
    const { names, warnings } = await offered({ REFUSAL: 'no\u001b]0;title\u0007\nmore' });
    expect(names).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/: MCP error -1: no ]0;title more$/)]);
  });

  test('is described in 4096 characters at most', async () => {
    const { specs } = await offered({
      PAGES: JSON.stringify([[{ name: 'a', description: 'd'.repeat(5000) }]]),
    });
    expect(specs[0]?.description).toHaveLength(4096);
  });
});

describe('a server', () => {
  const connect = async () => {
    const server = {
      kind: 'stdio',
      name: 'my server',
      command: process.execPath,
      args: [SERVER],
      env: { MARK: 'm' },
    } as const;
    const missing = { kind: 'stdio', name: 'gone', command: '/nope', args: [], env: {} } as const;
    const connections = await connectMcp([server, missing], {
      cwd: temporaryFolder(),
      startMs: 10_000,
      callMs: 10_000,
    });
    onTestFinished(() => connections[Symbol.dispose]());
    const run = (name: string, input: object) =>
      connections.tools
        .find(({ spec }) => spec.name === `mcp__my_server__${name}`)
        ?.run(input as never, { signal: new AbortController().signal, useId: 't' });
    return { connections, run };
  };

  test('brings its tools; one that cannot be reached brings a warning', async () => {
    const { connections } = await connect();
    expect(connections.servers).toEqual([
      { name: 'my server', status: 'connected' },
      { name: 'gone', status: 'failed' },
    ]);
    expect(connections.warnings).toEqual([
      expect.stringMatching(/^Warning: the MCP server gone cannot be reached/),
    ]);
    expect(connections.tools.map(({ spec, isReadOnly }) => [spec.name, isReadOnly])).toEqual([
      ['mcp__my_server__echo', true],
      ['mcp__my_server__fail', false],
    ]);
  });

  test('that dies of a call is started again for the next one', async () => {
    const { run } = await connect();
    expect(await run('echo', { die: true })).toMatchObject({
      isError: true,
      content: expect.stringContaining('closed'),
    });
    const both = await Promise.all([run('echo', { say: 'a' }), run('echo', { say: 'b' })]);
    expect(both).toMatchObject([{ content: [{ text: 'a m none' }] }, { content: [{ text: 'b m none' }] }]);
  });

  test('answers a call, says what failed, and gets none of our secrets', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { run } = await connect();
    expect(await run('echo', { say: 'hi' })).toMatchObject({
      isError: false,
      content: [{ type: 'text', text: 'hi m none' }],
    });
    expect(await run('fail', {})).toMatchObject({ isError: true, content: [{ text: 'it failed' }] });
  });
});
