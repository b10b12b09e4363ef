import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readServers, type ServersRequest } from '../../../../src/print/mcp/mcp-servers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NOTHING = { all: false, enabled: [], disabled: [] };

/** A home and a project with files in them; `DIR` in a text is the project. */
function stage(files: Readonly<Record<string, unknown>>) {
  const root = temporaryFolder();
  const cwd = path.join(root, 'p/sub');
  mkdirSync(cwd, { recursive: true });
  mkdirSync(path.join(root, 'p/.git'));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(path.join(root, name), text.replaceAll('DIR', cwd));
  }
  return async (more: Partial<ServersRequest> = {}) => {
    const reading = await readServers({
      ...{
        cwd,
        projectDir: cwd,
        homeDir: root,
        configDir: undefined,
        env: { KEY: 'k' },
        configs: [],
        isStrict: false,
      },
      ...{ sources: undefined, approval: NOTHING },
      ...more,
    });
    if (reading.kind === 'bad') throw new Error(reading.message);
    const servers = reading.servers.map((server) =>
      server.kind === 'stdio' ? `${server.name}=${[server.command, ...server.args].join(' ')}` : server.name,
    );
    return { servers, warnings: reading.warnings };
  };
}

const servers = (table: Readonly<Record<string, string>>) => ({
  mcpServers: Object.fromEntries(Object.entries(table).map(([name, command]) => [name, { command }])),
});

describe('servers of a project', () => {
  const files = { 'p/.mcp.json': servers({ up: 'u' }), 'p/sub/.mcp.json': servers({ here: 'h', two: 't' }) };

  test('are not started until somebody has approved of them, which is told', async () => {
    const { servers: started, warnings } = await stage(files)();
    expect(started).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Warning: up in .*\/p\/\.mcp\.json not started: nobody has approved/),
      expect.stringMatching(/^Warning: here, two in .*\/p\/sub\/\.mcp\.json not started/),
    ]);
  });

  test.each([
    [{ ...NOTHING, all: true }, ['up=u', 'here=h', 'two=t'], 0],
    [{ ...NOTHING, enabled: ['here'] }, ['here=h'], 2],
    [{ all: true, enabled: ['two'], disabled: ['two', 'up'] }, ['here=h'], 0],
    [{ ...NOTHING, disabled: ['up', 'here', 'two'] }, [], 0],
  ])('approved by %j', async (approval, expected, warned) => {
    const { servers: started, warnings } = await stage(files)({ approval });
    expect(started).toEqual(expected);
    expect(warnings).toHaveLength(warned);
  });

  test('may be approved in the user’s own state, for this project alone', async () => {
    const state = (folder: string) =>
      JSON.stringify({
        projects: { [folder]: { enabledMcpjsonServers: ['here'], disabledMcpjsonServers: ['up', 'two'] } },
      });
    expect(await stage({ ...files, '.claude.json': state('DIR') })()).toEqual({
      servers: ['here=h'],
      warnings: [],
    });
    expect((await stage({ ...files, '.claude.json': state('/elsewhere') })()).servers).toEqual([]);
  });

  test('above the repository are nobody’s', async () => {
    const read = stage({ '.mcp.json': servers({ stranger: 's' }) });
    expect(await read({ approval: { ...NOTHING, all: true } })).toEqual({ servers: [], warnings: [] });
  });

  test('that are written wrongly cost themselves alone', async () => {
    const read = stage({
      'p/.mcp.json': '{bad',
      'p/sub/.mcp.json': { mcpServers: { bad: {}, good: { command: '${KEY}', args: ['${NO:-x}'] } } },
    });
    const { servers: started, warnings } = await read({ approval: { ...NOTHING, all: true } });
    expect(started).toEqual(['good=k x']);
    expect(warnings).toEqual([
      expect.stringMatching(/p\/\.mcp\.json is ignored/),
      expect.stringMatching(/sub\/\.mcp\.json is ignored: bad: expected a "command"/),
    ]);
  });
});

describe('of two of one name', () => {
  const files = {
    '.claude.json': JSON.stringify({
      ...servers({ x: 'user', own: 'o' }),
      projects: { DIR: servers({ x: 'local' }) },
    }),
    'p/sub/.mcp.json': servers({ x: 'project' }),
  };
  const approval = { ...NOTHING, all: true };

  test.each<[Partial<ServersRequest>, string[]]>([
    [{}, ['x=local', 'own=o']],
    [{ sources: ['user', 'project'] }, ['x=project', 'own=o']],
    [{ sources: ['user'] }, ['x=user', 'own=o']],
    [{ sources: ['project'] }, ['x=project']],
    [{ configs: [JSON.stringify(servers({ x: 'flag' }))] }, ['x=flag', 'own=o']],
    [{ configs: [JSON.stringify(servers({ x: 'flag' }))], isStrict: true }, ['x=flag']],
    [{ isStrict: true }, []],
  ])('%j', async (more, expected) => {
    expect((await stage(files)({ approval, ...more })).servers).toEqual(expected);
  });
});
