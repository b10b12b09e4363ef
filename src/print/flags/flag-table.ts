/** The flags of print mode: the real program's spelling and meaning, so that a call written for one runs on the other. */
import { EFFORTS } from '../../core/call.ts';

export interface Flag {
  /** Spellings; the first is the one it is known by. */
  readonly names: readonly [string, ...string[]];
  /** `switch` takes nothing, `value` one argument, `list` all that follow up to the next flag. */
  readonly kind: 'switch' | 'value' | 'list';
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const PERMISSION_MODES = [
  'default',
  'acceptEdits',
  'auto',
  'bypassPermissions',
  'manual',
  'dontAsk',
  'plan',
] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number];

export const FLAGS: readonly Flag[] = [
  { names: ['--print', '-p'], kind: 'switch', help: 'Print the reply and exit (the only mode there is)' },
  {
    names: ['--output-format'],
    kind: 'value',
    placeholder: '<format>',
    choices: OUTPUT_FORMATS,
    help: 'text (default), json: the result event alone, stream-json: every event as it happens (needs --verbose)',
  },
  {
    names: ['--input-format'],
    kind: 'value',
    placeholder: '<format>',
    choices: ['text'],
    help: 'How the prompt comes on stdin',
  },
  { names: ['--verbose'], kind: 'switch', help: 'With --output-format json: all events, as one array' },
  {
    names: ['--json-schema'],
    kind: 'value',
    placeholder: '<schema>',
    help: 'JSON Schema (root type object) that the reply must match',
  },
  {
    names: ['--model'],
    kind: 'value',
    placeholder: '<model>',
    help: 'haiku, sonnet, opus, fable, inherit, or the id of a model',
  },
  {
    names: ['--effort'],
    kind: 'value',
    placeholder: '<level>',
    help: `How hard to think: ${EFFORTS.join(', ')}`,
  },
  {
    names: ['--max-turns'],
    kind: 'value',
    placeholder: '<turns>',
    help: 'End with an error after so many replies',
  },
  {
    names: ['--system-prompt'],
    kind: 'value',
    placeholder: '<prompt>',
    help: 'In place of the default system prompt',
  },
  {
    names: ['--append-system-prompt'],
    kind: 'value',
    placeholder: '<prompt>',
    help: 'Added to the end of the system prompt',
  },
  {
    names: ['--permission-mode'],
    kind: 'value',
    placeholder: '<mode>',
    choices: PERMISSION_MODES,
    help: 'What happens to a tool that no rule allows',
  },
  {
    names: ['--allowedTools', '--allowed-tools'],
    kind: 'list',
    placeholder: '<tools...>',
    help: 'Tools, or rules such as "Bash(git *)", that need no permission',
  },
  {
    names: ['--disallowedTools', '--disallowed-tools'],
    kind: 'list',
    placeholder: '<tools...>',
    help: 'Tools that are taken away',
  },
  {
    names: ['--tools'],
    kind: 'list',
    placeholder: '<tools...>',
    help: 'The tools there are: names, "" for none, "default" for all',
  },
  {
    names: ['--agent'],
    kind: 'value',
    placeholder: '<agent>',
    help: 'Agent type: built in, or from .claude/agents or ~/.claude/agents',
  },
  { names: ['--session-id'], kind: 'value', placeholder: '<uuid>', help: 'The id this session goes by' },
  {
    names: ['--rehearse'],
    kind: 'switch',
    help: 'Answer without a model, from the prompt and the schema, at no cost',
  },
  { names: ['--version', '-v'], kind: 'switch', help: 'Print the version' },
  { names: ['--help', '-h'], kind: 'switch', help: 'Print this help' },
];

/** As messages and help name it: `-p, --print`, `--model <model>`. */
export function titleOf({ names, placeholder }: Flag): string {
  const sorted = [...names].sort((a, b) => a.length - b.length || (a < b ? 1 : -1));
  const shown = names.some((name) => !name.startsWith('--')) ? sorted : names;
  return [shown.join(', '), placeholder].filter((part) => part !== undefined).join(' ');
}
