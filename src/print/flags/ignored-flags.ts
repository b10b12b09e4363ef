/** Flags of the real program that mean nothing here: a call that has them runs, and `--debug` says that they were passed over. */
import type { Flag } from './flag-table.ts';

const SWITCHES = [
  '--ax-screen-reader',
  '--brief',
  '--chrome',
  '--debug-to-stderr',
  '--disable-slash-commands',
  '--enable-auth-status',
  '--exclude-dynamic-system-prompt-sections',
  '--forward-subagent-text',
  '--ide',
  '--init',
  '--maintenance',
  '--no-chrome',
  '--safe-mode',
  '--session-mirror',
] as const;

const VALUES = [
  '--advisor',
  '--agent-id',
  '--append-subagent-system-prompt',
  '--debug-file',
  '--managed-settings',
  '--max-thinking-tokens',
  '--name',
  '--plan-mode-instructions',
  '--plugin-dir',
  '--plugin-url',
  '--prefill',
  '--system-prompt-snapshot',
  '--task-budget',
  '--workload',
] as const;

const LISTS = ['--betas', '--channels', '--file'] as const;

const SHORT: Readonly<Record<string, string>> = { '--name': '-n' };

export const IGNORED_FLAGS: readonly Flag[] = [
  ...SWITCHES.map((name) => ignored(name, 'switch')),
  ...VALUES.map((name) => ignored(name, 'value')),
  ...LISTS.map((name) => ignored(name, 'list')),
  ignored('--prompt-suggestions', 'optional'),
  // Measured: newer models are asked to think as they see fit, whatever these say.
  { ...ignored('--thinking', 'value'), placeholder: '<mode>', choices: ['enabled', 'adaptive', 'disabled'] },
  {
    ...ignored('--thinking-display', 'value'),
    placeholder: '<display>',
    choices: ['summarized', 'omitted', 'highlights'],
  },
];

function ignored(name: string, kind: Flag['kind']): Flag {
  const short = SHORT[name];
  const names: Flag['names'] = short === undefined ? [name] : [name, short];
  const placeholder = kind === 'switch' ? {} : { placeholder: '<value>' };
  return { names, kind, ...placeholder, help: 'Means nothing here' };
}
