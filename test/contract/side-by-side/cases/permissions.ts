/** Tools that are allowed, denied and taken away, by flags, modes and settings. */
import path from 'node:path';
import { reply } from '../../../support/api/fake-messages-reply.ts';
import type { Case, Difference } from '../case.ts';
import { STREAM } from './calls.ts';
import { decided, denialInOwnWords, resultInOwnWords } from './decided.ts';

type Files = Readonly<Record<string, string>>;

const ABSENT = resultInOwnWords('there are no subagents to speak of', '1/user#*/tool_use_result');
const DENIED = denialInOwnWords();
const HOOKED = denialInOwnWords('user', 'request');
const WRITTEN = resultInOwnWords('what a tool says of its success is in words of our own');

/** One attempt to make a file with Bash. */
const bash = (
  title: string,
  args: readonly string[],
  differences: readonly Difference[] = [],
  files: Files = {},
): Case => ({
  title: `Bash with ${title}`,
  calls: [
    {
      args: ['-p', 'go', ...args, ...STREAM],
      replies: [reply().tool('Bash', { command: 'touch made' }), reply().text('end')],
    },
  ],
  files,
  looksAt: ['work/made'],
  differences,
});

/** One attempt to write a file. */
const write = (
  title: string,
  args: readonly string[],
  differences: readonly Difference[],
  file = 'new.txt',
  files: Files = {},
): Case => ({
  title: `Write with ${title}`,
  calls: [
    {
      args: ['-p', 'go', ...args, ...STREAM],
      replies: (cwd) => [
        reply().tool('Write', { file_path: path.join(cwd, file), content: 'text\n' }),
        reply().text('end'),
      ],
    },
  ],
  files,
  looksAt: [`work/${file}`],
  differences,
});

const settings = (value: object): string => JSON.stringify(value);
const ALLOW_TOUCH = settings({ permissions: { allow: ['Bash(touch *)'] } });
const DENY_TOUCH = settings({ permissions: { deny: ['Bash(touch *)'] } });
const TRUSTED = { 'home/.claude.json': '{"projects":{"{cwd}":{"hasTrustDialogAccepted":true}}}' };

const RULES_OF_WRITE = decided(
  'a rule for Write with a path counts; the real program heeds such rules for Edit alone',
  '1/events',
  '1/system:permission_denied#1',
  '1/user#1',
  '1/result#1/permission_denials',
  '1/request#2/messages/2',
  'new.txt',
);

const BYPASS = ['--permission-mode', 'bypassPermissions'] as const;
const ACCEPT = ['--permission-mode', 'acceptEdits'] as const;
const SRC: Files = { 'work/src/there': '' };

export const PERMISSION_CASES: readonly Case[] = [
  bash('nothing allowed', [], DENIED),
  bash('--allowedTools Bash', ['--allowedTools', 'Bash']),
  bash('a rule', ['--allowedTools', 'Bash(touch *)']),
  bash('a rule of the older form', ['--allowedTools', 'Bash(touch:*)']),
  bash('two rules in one word', ['--allowedTools', 'Read,Bash(touch made)']),
  bash('another rule', ['--allowedTools', 'Bash(git *)'], DENIED),
  bash('--allowed-tools=', ['--allowed-tools=Bash']),
  bash('--disallowedTools Bash', ['--disallowedTools', 'Bash'], ABSENT),
  bash('--disallowedTools with a *', [...BYPASS, '--disallowedTools', 'B*'], ABSENT),
  bash(
    'a rule that denies what another allows',
    ['--allowedTools', 'Bash', '--disallowedTools', 'Bash(touch *)'],
    DENIED,
  ),
  bash('--tools Read', ['--tools', 'Read'], ABSENT),
  bash('no tools', ['--tools', ''], ABSENT),
  bash('--permission-mode acceptEdits', ACCEPT),
  bash('--permission-mode bypassPermissions', ['--permission-mode', 'bypassPermissions']),
  bash('--dangerously-skip-permissions', ['--dangerously-skip-permissions']),
  bash('--permission-mode dontAsk', ['--permission-mode', 'dontAsk'], DENIED),
  bash('--permission-mode default', ['--permission-mode', 'default'], DENIED),
  bash('--permission-mode manual', ['--permission-mode', 'manual'], DENIED),
  write('nothing allowed', [], DENIED),
  write('--permission-mode acceptEdits', ACCEPT, WRITTEN),
  write('--permission-mode acceptEdits, outside', ACCEPT, DENIED, '../out.txt'),
  write('--add-dir', [...ACCEPT, '--add-dir', '{cwd}/../more'], WRITTEN, '../more/new.txt', {
    'more/there': '',
  }),
  write('an Edit rule', ['--allowedTools', 'Edit(src/**)'], WRITTEN, 'src/new.txt', SRC),
  write('a rule that allows a path', ['--allowedTools', 'Write(src/**)'], RULES_OF_WRITE, 'src/new.txt', SRC),
  write(
    'a rule that denies a path',
    [...ACCEPT, '--disallowedTools', 'Write(src/**)'],
    RULES_OF_WRITE,
    'src/new.txt',
    SRC,
  ),
  write(
    'an Edit rule that denies',
    [...ACCEPT, '--disallowedTools', 'Edit(src/**)'],
    [
      ...denialInOwnWords('user', 'request'),
      ...decided('every denial is told by an event', '1/events', '1/system:permission_denied#1'),
    ],
    'src/new.txt',
    SRC,
  ),
];

const USER = 'home/.claude/settings.json';
const PROJECT = 'work/.claude/settings.json';
const LOCAL = 'work/.claude/settings.local.json';

export const SETTINGS_CASES: readonly Case[] = [
  bash('user settings that allow', [], [], { [USER]: ALLOW_TOUCH }),
  bash(
    'project settings that allow, untrusted',
    [],
    [...DENIED, ...decided('the warning is in words of our own', '1/stderr')],
    { [PROJECT]: ALLOW_TOUCH },
  ),
  bash('project settings that allow, trusted', [], [], { [PROJECT]: ALLOW_TOUCH, ...TRUSTED }),
  bash('local settings that allow', [], [], { [LOCAL]: ALLOW_TOUCH }),
  bash('project settings that deny', ['--allowedTools', 'Bash'], DENIED, { [PROJECT]: DENY_TOUCH }),
  bash(
    'settings that deny the whole tool',
    ['--settings', settings({ permissions: { deny: ['Bash'] } })],
    ABSENT,
  ),
  bash('settings that deny every tool', ['--settings', settings({ permissions: { deny: ['*'] } })], ABSENT),
  bash('--settings JSON', ['--settings', ALLOW_TOUCH]),
  bash('--settings file', ['--settings', '{cwd}/mine.json'], [], { 'work/mine.json': ALLOW_TOUCH }),
  bash('--settings that deny', ['--settings', DENY_TOUCH, '--allowedTools', 'Bash'], DENIED),
  bash('--setting-sources without the user', ['--setting-sources', 'project,local'], DENIED, {
    [USER]: ALLOW_TOUCH,
  }),
  bash('no setting sources', ['--setting-sources', ''], DENIED, { [USER]: ALLOW_TOUCH }),
  bash('a default mode of the user', [], [], {
    [USER]: settings({ permissions: { defaultMode: 'acceptEdits' } }),
  }),
  bash('--bare', ['--bare'], [], { [USER]: ALLOW_TOUCH }),
  bash(
    '--project-config-root',
    ['--allowedTools', 'Bash', '--project-config-root', '{cwd}/../main'],
    DENIED,
    { 'main/.claude/settings.json': DENY_TOUCH, [PROJECT]: ALLOW_TOUCH },
  ),
  ...[LOCAL, USER].map((file) =>
    bash('--include-hook-events', ['--include-hook-events', '--allowedTools', 'Bash'], HOOKED, {
      [file]: settings({
        hooks: {
          PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'echo no >&2; exit 2' }] }],
        },
      }),
    }),
  ),
  {
    title: 'a model by settings',
    calls: [{ args: ['-p', 'ECHO:hi', ...STREAM] }],
    files: { [USER]: settings({ model: 'haiku' }) },
  },
  {
    title: 'an environment by settings',
    calls: [{ args: ['-p', 'TOOL:Bash {"command":"echo $COLOUR"}', '--allowedTools', 'Bash', ...STREAM] }],
    files: { [USER]: settings({ env: { COLOUR: 'blue' } }) },
  },
  {
    title: 'settings that are broken',
    calls: [{ args: ['-p', 'ECHO:hi', ...STREAM] }],
    files: { [USER]: '{' },
    differences: decided('that rules are not heeded is said', '1/stderr'),
  },
];
