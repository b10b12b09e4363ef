/** The flags of print mode: the real program's spelling and meaning, so that a call written for one runs on the other. */
import { EFFORTS } from '../../core/call.ts';

export interface Flag {
  /** Spellings; the first is the one it is known by. */
  readonly names: readonly [string, ...string[]];
  /** `switch` takes nothing, `value` one argument, `optional` one unless a flag follows, `list` all up to the next flag. */
  readonly kind: 'switch' | 'value' | 'optional' | 'list';
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** Those that are taken and not named. */
  readonly quietChoices?: readonly string[];
  readonly help: string;
}

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const INPUT_FORMATS = ['text', 'stream-json'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

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
    choices: INPUT_FORMATS,
    help: 'text (default), or stream-json: messages and control requests on stdin, a line each, for several turns',
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
    help: `How hard to think: ${EFFORTS.join(', ')}; ultracode: xhigh, and workflows where the model sees fit`,
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
    quietChoices: ['default'],
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
  {
    names: ['--fallback-model'],
    kind: 'value',
    placeholder: '<model>',
    help: 'Models, by commas, that stand in for an overloaded one, in this order',
  },
  {
    names: ['--max-budget-usd'],
    kind: 'value',
    placeholder: '<amount>',
    help: 'End with an error once so much was spent',
  },
  { names: ['--system-prompt-file'], kind: 'value', placeholder: '<file>', help: 'The same, from a file' },
  {
    names: ['--append-system-prompt-file'],
    kind: 'value',
    placeholder: '<file>',
    help: 'Added to the end of the system prompt, from a file',
  },
  {
    names: ['--dangerously-skip-permissions'],
    kind: 'switch',
    help: 'The same as --permission-mode bypassPermissions',
  },
  {
    names: ['--allow-dangerously-skip-permissions'],
    kind: 'switch',
    help: 'Whoever started this session may switch it to mode bypassPermissions',
  },
  {
    names: ['--permission-prompt-tool'],
    kind: 'value',
    placeholder: '<tool>',
    help: 'Who is asked for a permission: a tool of an MCP server, or stdio for whoever started this session',
  },
  {
    names: ['--permission-prompts'],
    kind: 'value',
    placeholder: '<target>',
    choices: ['host', 'none'],
    help: 'host: ask whoever started this session; none: ask nobody',
  },
  {
    names: ['--add-dir'],
    kind: 'list',
    placeholder: '<directories...>',
    help: 'More folders in which the session may work',
  },
  {
    names: ['--mcp-config'],
    kind: 'list',
    placeholder: '<configs...>',
    help: 'MCP servers, from JSON files or strings',
  },
  { names: ['--strict-mcp-config'], kind: 'switch', help: 'No MCP servers but those of --mcp-config' },
  {
    names: ['--settings'],
    kind: 'value',
    placeholder: '<file-or-json>',
    help: 'More settings, from a file or a JSON string',
  },
  {
    names: ['--setting-sources'],
    kind: 'value',
    placeholder: '<sources>',
    help: 'Which settings files count: user, project, local, by commas',
  },
  {
    names: ['--project-config-root'],
    kind: 'value',
    placeholder: '<dir>',
    help: 'For a session in another working tree: whose settings, .mcp.json and .claude/agents are those of the project',
  },
  {
    names: ['--agents'],
    kind: 'value',
    placeholder: '<json-or-file>',
    help: 'More agent types, as a JSON object or a file that holds one',
  },
  {
    names: ['--resume', '-r'],
    kind: 'optional',
    placeholder: '[value]',
    help: 'Go on with the session of this id',
  },
  { names: ['--continue', '-c'], kind: 'switch', help: 'Go on with the latest session of this folder' },
  {
    names: ['--fork-session'],
    kind: 'switch',
    help: 'With --resume or --continue: go on in a new session, and leave the old one as it is',
  },
  { names: ['--no-session-persistence'], kind: 'switch', help: 'Keep nothing of the session on disk' },
  {
    names: ['--include-partial-messages'],
    kind: 'switch',
    help: 'With stream-json: also the pieces of a message, as they come',
  },
  {
    names: ['--replay-user-messages'],
    kind: 'switch',
    help: 'With stream-json both ways: say each user message back once it is taken',
  },
  {
    names: ['--include-hook-events'],
    kind: 'switch',
    help: 'With stream-json: also hooks that start and end',
  },
  {
    names: ['--autocompact'],
    kind: 'value',
    placeholder: '<auto|tokens>',
    help: 'Summarise the conversation as if the context held so many tokens (at least 100k)',
  },
  {
    names: ['--bare'],
    kind: 'switch',
    help: 'No context files and nothing else that was not asked for by a flag',
  },
  {
    names: ['--debug', '-d'],
    kind: 'optional',
    placeholder: '[filter]',
    help: 'Say on stderr what was ignored and why',
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
