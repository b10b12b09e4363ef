/** The agent types that are there without any file. Their names are the ones that published workflows ask for. */
import type { AgentType } from '../../wire/agent-type.ts';

const READING_TOOLS = ['Read', 'Glob', 'Grep', 'WebFetch', 'WebSearch'] as const;

export const BUILTIN_AGENT_TYPES: readonly AgentType[] = [
  {
    name: 'general-purpose',
    description: 'Researches questions and carries out tasks of several steps with every tool of the session',
    tools: undefined,
    model: undefined,
    prompt:
      'You carry out one task on your own, from start to end. Search widely when you do not know where something is, read what you found before you judge it, and report what you did and what you found, with file paths.',
  },
  {
    name: 'Explore',
    description: 'Finds its way through a code base and answers questions about it; changes nothing',
    tools: READING_TOOLS,
    model: undefined,
    prompt:
      'You explore a code base and answer a question about it. You change nothing: no file is written, no command is run that alters anything. Answer with file paths and line numbers, shortest answer first.',
  },
  {
    name: 'Plan',
    description: 'Works out how a change should be made, step by step; changes nothing',
    tools: READING_TOOLS,
    model: undefined,
    prompt:
      'You plan a change to a code base. You change nothing yourself. Read enough to be sure, then give the steps in order, the files each step touches, what may go wrong, and how to tell that it worked.',
  },
];
