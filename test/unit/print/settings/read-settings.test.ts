import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, type SettingsRequest } from '../../../../src/print/settings/read-settings.ts';
import type { Settings } from '../../../../src/print/settings/settings.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

type Files = Partial<Record<'user' | 'project' | 'local' | 'managed' | 'trust', unknown>>;

interface Stage {
  readonly root: string;
  read(more?: Partial<SettingsRequest>): ReturnType<typeof readSettings>;
  settings(more?: Partial<SettingsRequest>): Promise<Settings>;
}

/** Texts are written as they are, anything else as JSON. */
function stage(files: Files): Stage {
  const root = temporaryFolder();
  const places = {
    user: 'home/.claude/settings.json',
    project: 'project/.claude/settings.json',
    local: 'project/.claude/settings.local.json',
    managed: 'managed.json',
    trust: 'home/.claude.json',
  };
  for (const name of ['user', 'project', 'local', 'managed', 'trust'] as const) {
    const file = path.join(root, places[name]);
    mkdirSync(path.dirname(file), { recursive: true });
    const content = files[name];
    if (content !== undefined)
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const read = async (more: Partial<SettingsRequest> = {}) =>
    await readSettings({
      cwd: `${root}/project`,
      projectDir: more.cwd ?? `${root}/project`,
      homeDir: `${root}/home`,
      configDir: undefined,
      managedFile: `${root}/managed.json`,
      flag: undefined,
      sources: undefined,
      isCommitted: async () => false,
      ...more,
    });
  const settings = async (more?: Partial<SettingsRequest>): Promise<Settings> => {
    const reading = await read(more);
    if (reading.kind === 'error') throw new Error(reading.message);
    return reading.settings;
  };
  return { root, read, settings };
}

const texts = (settings: Settings) => settings.rules.allow.map(({ text }) => text);

test('no files at all', async () => {
  const { settings, root } = stage({});
  expect(await settings()).toMatchObject({
    rules: { allow: [], ask: [], deny: [] },
    defaultMode: undefined,
    warnings: [],
  });
  expect((await settings()).files).toContain(`${root}/project/.claude/settings.local.json`);
});

test('the stronger one wins, lists add up', async () => {
  const { settings } = stage({
    user: {
      model: 'user',
      env: { A: 'user', U: '1' },
      permissions: { allow: ['Read'], deny: ['Bash(rm:*)'], defaultMode: 'plan' },
    },
    local: {
      model: 'local',
      env: { A: 'local' },
      permissions: { allow: ['Edit'], defaultMode: 'acceptEdits' },
    },
    managed: { env: { M: 7 }, permissions: { deny: ['WebFetch'], defaultMode: 'default' } },
  });
  const all = await settings({
    flag: '{"model":"flag","permissions":{"allow":["Glob"]},"apiKeyHelper":"echo key"}',
  });
  expect(texts(all)).toEqual(['Read', 'Edit', 'Glob']);
  expect(all.rules.deny.map(({ text }) => text)).toEqual(['Bash(rm:*)', 'WebFetch']);
  expect(all).toMatchObject({ model: 'flag', defaultMode: 'default', apiKeyHelper: 'echo key' });
  expect(all.env).toEqual({ A: 'local', U: '1', M: '7' });
});

test('managed settings beat the flag', async () => {
  const { settings } = stage({ managed: { model: 'managed' } });
  expect((await settings({ flag: '{"model":"flag"}' })).model).toBe('managed');
});

test('who turned workflows off', async () => {
  const { settings, root } = stage({
    user: { disableWorkflows: true },
    managed: { disableWorkflows: false },
  });
  const expected = {
    managed: { isOff: false, file: `${root}/managed.json` },
    own: { isOff: true, file: `${root}/home/.claude/settings.json` },
  };
  expect((await settings()).workflowsDisabled).toEqual(expected);
  const other = await settings({ flag: '{"disableWorkflows":"yes"}' });
  expect(other.workflowsDisabled).toEqual(expected);
  expect(other.warnings).toContainEqual(expect.stringContaining('"disableWorkflows" must be true or false'));
});

test('where /x starts from', async () => {
  const rules = { permissions: { deny: ['Read(/x)'] } };
  const { settings, root } = stage({ user: rules, project: rules, managed: rules });
  expect((await settings()).rules.deny.map(({ base }) => base)).toEqual([
    `${root}/home/.claude`,
    `${root}/project`,
    '/',
  ]);
});

test('another folder in place of ~/.claude', async () => {
  const { settings, root } = stage({ user: { model: 'user' } });
  mkdirSync(`${root}/other`);
  writeFileSync(`${root}/other/settings.json`, '{"model":"other"}');
  expect((await settings({ configDir: `${root}/other` })).model).toBe('other');
});

test('--settings names a file', async () => {
  const { settings, root } = stage({});
  writeFileSync(`${root}/project/mine.json`, '{"model":"mine"}');
  expect(await settings({ flag: 'mine.json' })).toMatchObject({ model: 'mine' });
  expect((await settings({ flag: 'mine.json' })).files).toContain(`${root}/project/mine.json`);
});

test('--setting-sources', async () => {
  const { settings, read } = stage({
    user: { model: 'user' },
    local: { model: 'local' },
    managed: { env: { M: '1' } },
  });
  expect(await settings({ sources: ['user'] })).toMatchObject({ model: 'user', env: { M: '1' } });
  expect(await settings({ sources: [] })).toMatchObject({ model: undefined, env: { M: '1' } });
  expect(await read({ sources: ['nope'] })).toEqual({
    kind: 'error',
    message:
      'Error processing --setting-sources: Invalid setting source: nope. Valid options are: user, project, local',
  });
});

test('folders', async () => {
  const { settings, root } = stage({
    user: { permissions: { additionalDirectories: ['~/a', '../b', '/c'] } },
  });
  expect((await settings()).additionalDirectories).toEqual([`${root}/home/a`, `${root}/b`, '/c']);
});

test('administrators', async () => {
  const { settings } = stage({
    user: { permissions: { allow: ['Bash'], deny: ['Read(x)'] } },
    managed: {
      allowManagedPermissionRulesOnly: true,
      permissions: { allow: ['Read'], disableBypassPermissionsMode: 'disable' },
    },
  });
  const all = await settings();
  expect(all).toMatchObject({ bypassDisabled: true, onlyManagedRules: true });
  expect(texts(all)).toEqual(['Read']);
  expect(all.rules.deny).toHaveLength(1);
});

describe('a project grants itself nothing', () => {
  const project = {
    model: 'theirs',
    env: { PATH: '/evil' },
    apiKeyHelper: './evil',
    permissions: {
      allow: ['Bash'],
      deny: ['Read(x)'],
      ask: ['Edit'],
      additionalDirectories: ['/'],
      defaultMode: 'bypassPermissions',
    },
  };

  test('until somebody trusted it', async () => {
    const all = await stage({ project }).settings();
    expect(all).toMatchObject({
      model: 'theirs',
      env: {},
      apiKeyHelper: undefined,
      additionalDirectories: [],
      defaultMode: undefined,
    });
    expect(texts(all)).toEqual([]);
    expect([all.rules.deny.length, all.rules.ask.length]).toEqual([1, 1]);
    expect(all.warnings).toEqual([
      expect.stringMatching(
        /^Warning: permissions\.allow, .*apiKeyHelper in .*settings\.json ignored: nobody has trusted this project\. To trust it, set projects\[".*project"\]\.hasTrustDialogAccepted to true in .*\.claude\.json/,
      ),
    ]);
  });

  test('then it does', async () => {
    const { settings, root } = stage({ project });
    const trust = (folder: string) =>
      writeFileSync(
        `${root}/home/.claude.json`,
        JSON.stringify({ projects: { [folder]: { hasTrustDialogAccepted: true } } }),
      );
    trust(root);
    expect(texts(await settings())).toEqual([]);
    trust(`${root}/project`);
    expect(texts(await settings())).toEqual(['Bash']);
    expect(await settings()).toMatchObject({
      env: { PATH: '/evil' },
      defaultMode: 'bypassPermissions',
      warnings: [],
    });
  });

  test('what a person keeps beside it is theirs', async () => {
    expect(texts(await stage({ local: project }).settings())).toEqual(['Bash']);
  });

  test('it may have edits accepted', async () => {
    const all = await stage({ project: { permissions: { defaultMode: 'acceptEdits' } } }).settings();
    expect(all).toMatchObject({ defaultMode: 'acceptEdits', warnings: [] });
  });
});

describe('malformed', () => {
  test.each(['user', 'project', 'local'] as const)('%s settings are told of, and left out', async (name) => {
    const { settings } = stage({ [name]: '{"permissions":{' });
    expect((await settings()).warnings).toEqual([
      expect.stringMatching(
        /^Warning: the settings .*\.json are ignored, with every rule in them: it is not valid JSON: /,
      ),
    ]);
  });

  test('managed settings end it', async () => {
    expect(await stage({ managed: '[]' }).read()).toEqual({
      kind: 'error',
      message: expect.stringMatching(
        /^Error: the managed settings .*managed\.json cannot be used: it must be a JSON object$/,
      ),
    });
  });

  test('so do those of the flag', async () => {
    const { read, root } = stage({});
    expect(await read({ flag: '{bad' })).toEqual({
      kind: 'error',
      message: `Error: Settings file not found: ${root}/project/{bad`,
    });
    expect(await read({ flag: '{bad}' })).toEqual({
      kind: 'error',
      message: expect.stringMatching(/^Error: --settings cannot be used: it is not valid JSON/),
    });
    expect(await read({ flag: '/nope.json' })).toEqual({
      kind: 'error',
      message: 'Error: Settings file not found: /nope.json',
    });
    expect(await read({ flag: root })).toEqual({
      kind: 'error',
      message: expect.stringContaining('not a regular file'),
    });
  });

  test('a field that is not understood', async () => {
    const { settings } = stage({
      user: {
        model: 3,
        env: { A: {}, B: 'b' },
        permissions: { allow: 'Bash', deny: [3, '((', 'Bash(rm:*)'], defaultMode: 'nope' },
      },
    });
    const all = await settings();
    expect(all.rules.deny.map(({ text }) => text)).toEqual(['Bash(rm:*)']);
    expect(all.env).toEqual({ B: 'b' });
    expect(all.warnings.map((line) => /"(\S+)" must be (.*?), not/.exec(line)?.slice(1).join(' '))).toEqual([
      'permissions.allow a list of strings',
      'permissions.deny[0] a string',
      'permissions.deny rules such as Tool or Tool(pattern)',
      expect.stringMatching(/^permissions\.defaultMode one of default, /),
      'env.A a string',
      'model a string',
    ]);
  });

  test('an empty file, and one that begins with a byte order mark', async () => {
    expect((await stage({ user: '' }).settings()).warnings).toEqual([]);
    expect((await stage({ user: '\uFEFF{"model":"x"}' }).settings()).model).toBe('x');
  });

  test('something that is no file', async () => {
    const { settings, root } = stage({});
    symlinkSync('/dev/zero', `${root}/home/.claude/settings.json`);
    expect((await settings()).warnings).toEqual([expect.stringContaining('not a regular file')]);
  });
});

describe('a working tree that stands in for another folder', () => {
  const there = (root: string): Partial<SettingsRequest> => {
    mkdirSync(`${root}/tree`);
    return { cwd: `${root}/tree`, projectDir: `${root}/project` };
  };
  const guard = { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'guard' }] }] };

  test('is held to the settings of that folder, which are counted from here', async () => {
    const { settings, root } = stage({
      project: { permissions: { deny: ['Edit(/x)'] } },
      local: { hooks: guard, permissions: { additionalDirectories: ['../more'] } },
    });
    const all = await settings(there(root));
    expect(all.rules.deny).toMatchObject([{ text: 'Edit(/x)', base: `${root}/tree` }]);
    expect(all.toolHooks).toMatchObject([{ command: 'guard' }]);
    expect(all.additionalDirectories).toEqual([`${root}/more`]);
    expect(all.files).toContain(`${root}/project/.claude/settings.local.json`);
  });

  test('is granted by them what a trusted folder grants itself, and nothing by one that is not', async () => {
    const project = { permissions: { allow: ['Bash'] }, hooks: guard };
    const untrusted = stage({ project });
    const held = await untrusted.settings(there(untrusted.root));
    expect(texts(held)).toEqual([]);
    expect(held.toolHooks).toMatchObject([{ command: undefined }]);
    const trusted = stage({ project });
    writeFileSync(
      `${trusted.root}/home/.claude.json`,
      JSON.stringify({ projects: { [`${trusted.root}/project`]: { hasTrustDialogAccepted: true } } }),
    );
    const free = await trusted.settings(there(trusted.root));
    expect(texts(free)).toEqual(['Bash']);
    expect(free.toolHooks).toMatchObject([{ command: 'guard' }]);
  });
});

describe('settings.local.json that came with the repository', () => {
  const local = {
    permissions: { allow: ['Bash'], deny: ['Read'] },
    apiKeyHelper: 'x',
    env: { X: '1' },
    hooks: { PreToolUse: [{ hooks: [{ type: 'command', command: 'x' }] }] },
  };
  const committed = {
    isCommitted: async (file: string) => file.endsWith('project/.claude/settings.local.json'),
  };

  test('grants nothing until somebody trusted the project, and forbids all the same', async () => {
    const { settings } = stage({ local });
    const held = await settings(committed);
    expect(held).toMatchObject({
      rules: { allow: [], deny: [{ tool: 'Read' }] },
      env: {},
      apiKeyHelper: undefined,
    });
    expect(held.toolHooks).not.toMatchObject([{ command: 'x' }]);
    expect(held.warnings).toEqual([
      expect.stringMatching(
        /settings\.local\.json ignored: nobody has trusted .* or keep that file out of the repository$/,
      ),
    ]);
  });

  test("grants as the user's own does where it did not, or where the project is trusted", async () => {
    expect(texts(await stage({ local }).settings())).toEqual(['Bash']);
    const { root, settings } = stage({ local });
    const projects = { [`${root}/project`]: { hasTrustDialogAccepted: true } };
    writeFileSync(`${root}/home/.claude.json`, JSON.stringify({ projects }));
    expect(texts(await settings(committed))).toEqual(['Bash']);
  });
});

describe('settings.local.json of the repository', () => {
  /** `main` with a linked working tree `tree`, each with a folder `sub`. */
  function repository() {
    const root = temporaryFolder();
    for (const dir of ['home', 'main/.git/worktrees/tree', 'main/.claude', 'main/sub', 'tree/sub'])
      mkdirSync(path.join(root, dir), { recursive: true });
    const entry = `${root}/main/.git/worktrees/tree`;
    writeFileSync(`${entry}/commondir`, '../..\n');
    writeFileSync(`${entry}/gitdir`, `${root}/tree/.git\n`);
    writeFileSync(`${root}/tree/.git`, `gitdir: ${entry}\n`);
    const permissions = { deny: ['Edit(/x)'] };
    writeFileSync(`${root}/main/.claude/settings.local.json`, JSON.stringify({ permissions }));
    const read = async (cwd: string): Promise<Settings> => {
      const reading = await readSettings({
        ...{ cwd, projectDir: cwd, homeDir: `${root}/home`, configDir: undefined },
        ...{ managedFile: `${root}/none`, flag: undefined, sources: undefined },
        isCommitted: async () => false,
      });
      if (reading.kind === 'error') throw new Error(reading.message);
      return reading.settings;
    };
    return { root, read };
  }

  test.each([
    ['main', 'main'],
    ['main/sub', 'main'],
    ['tree', 'tree'],
    ['tree/sub', 'tree'],
  ])('holds in %s, as measured, and is counted from %s', async (cwd, base) => {
    const { root, read } = repository();
    expect((await read(`${root}/${cwd}`)).rules.deny).toMatchObject([{ base: `${root}/${base}` }]);
  });

  test('is followed by that of the folder itself', async () => {
    const { root, read } = repository();
    mkdirSync(`${root}/tree/.claude`);
    writeFileSync(`${root}/tree/.claude/settings.local.json`, '{"model":"mine"}');
    expect(await read(`${root}/tree`)).toMatchObject({ model: 'mine', rules: { deny: [{}] } });
  });

  test('whoever trusts the repository trusts its working trees', async () => {
    const { root, read } = repository();
    mkdirSync(`${root}/tree/.claude`);
    writeFileSync(`${root}/tree/.claude/settings.json`, '{"permissions":{"allow":["Bash"]}}');
    const before = await read(`${root}/tree`);
    expect(texts(before)).toEqual([]);
    expect(before.warnings.join()).toContain(`projects["${root}/main"]`);
    const projects = { [`${root}/main`]: { hasTrustDialogAccepted: true } };
    writeFileSync(`${root}/home/.claude.json`, JSON.stringify({ projects }));
    expect(texts(await read(`${root}/tree`))).toEqual(['Bash']);
  });
});
