/** Who the agent is told to be: prompts, agent types, context files, model, tools. */
import type { Case } from '../case.ts';
import { STREAM } from './calls.ts';
import { decided } from './decided.ts';

const AGENTS = JSON.stringify({
  critic: { description: 'finds fault', prompt: 'MARK-critic', tools: ['Read'], model: 'haiku' },
});

const telling = (title: string, args: readonly string[], files: Record<string, string> = {}): Case => ({
  title,
  calls: [{ args: ['-p', 'ECHO:hi', ...args, ...STREAM] }],
  files,
});

export const AGENT_CASES: readonly Case[] = [
  telling('--system-prompt', ['--system-prompt', 'MARK-system']),
  telling('--system-prompt-file', ['--system-prompt-file', '{cwd}/s.txt'], { 'work/s.txt': 'MARK-system' }),
  telling('--append-system-prompt', ['--append-system-prompt', 'MARK-more']),
  telling('--append-system-prompt-file', ['--append-system-prompt-file', '{cwd}/s.txt'], {
    'work/s.txt': 'MARK-more',
  }),
  telling('both system prompts', ['--system-prompt', 'MARK-system', '--append-system-prompt', 'MARK-more']),
  telling(
    '--system-prompt and its file',
    ['--system-prompt', 'MARK-a', '--system-prompt-file', '{cwd}/s.txt'],
    {
      'work/s.txt': 'MARK-b',
    },
  ),
  telling(
    '--append-system-prompt and its file',
    ['--append-system-prompt', 'a', '--append-system-prompt-file', '{cwd}/s.txt'],
    {
      'work/s.txt': 'b',
    },
  ),
  telling('--agents and --agent', ['--agents', AGENTS, '--agent', 'critic']),
  telling('--agent of the project', ['--agent', 'reviewer'], {
    'work/.claude/agents/reviewer.md':
      '---\nname: reviewer\ndescription: reviews\ntools: Read, Bash\nmodel: sonnet\n---\nMARK-reviewer\n',
  }),
  telling('--agent and --model', ['--agents', AGENTS, '--agent', 'critic', '--model', 'sonnet']),
  telling('CLAUDE.md of user, project and local', [], {
    'home/.claude/CLAUDE.md': 'MARK-user',
    'work/CLAUDE.md': 'MARK-project @imported.md',
    'work/imported.md': 'MARK-imported',
    'work/CLAUDE.local.md': 'MARK-local',
  }),
  telling('CLAUDE.md with --bare', ['--bare'], {
    'home/.claude/CLAUDE.md': 'MARK-user',
    'work/CLAUDE.md': 'MARK-project',
  }),
  telling('--bare', ['--bare']),
  telling('--model haiku', ['--model', 'haiku']),
  {
    ...telling('--model by id', ['--model', 'claude-opus-4-8']),
    differences: decided('nobody asked for an effort: it is left to the API', '1/request#1/effort'),
  },
  {
    title: 'a model of the environment',
    calls: [{ args: ['-p', 'ECHO:hi', ...STREAM], env: { ANTHROPIC_MODEL: 'sonnet' } }],
  },
  telling('a model near its end', ['--model', 'claude-sonnet-4-5']),
  telling('--effort high', ['--effort', 'high']),
  telling('--effort max with a model that knows none', ['--effort', 'max', '--model', 'claude-haiku-4-5']),
  telling('--tools Read,Edit', ['--tools', 'Read,Edit']),
  telling('--tools twice', ['--tools', 'Read', 'Bash']),
  telling('--disallowedTools Write', ['--disallowedTools', 'Write']),
  telling('no tools', ['--tools', '']),
];
