import { describe, expect, test } from 'vitest';
import { parseAgentType, splitToolList } from '../../../src/wire/agent-type.ts';

const file = (frontMatter: string, body = 'You review code.'): string =>
  `---\n${frontMatter}\n---\n\n${body}\n`;
const REVIEWER = {
  name: 'reviewer',
  description: 'reviews',
  tools: undefined,
  model: undefined,
  prompt: 'You review code.',
};

describe('a file that is an agent type', () => {
  test.each<[string, string, object]>([
    ['the least', file('name: reviewer\ndescription: reviews'), {}],
    [
      'tools with commas',
      file('name: reviewer\ndescription: reviews\ntools: Read, Bash(git log, *)'),
      { tools: ['Read', 'Bash(git log, *)'] },
    ],
    [
      'tools as a list',
      file('name: reviewer\ndescription: reviews\ntools:\n  - Read\n  - Grep'),
      { tools: ['Read', 'Grep'] },
    ],
    ['no tools at all', file('name: reviewer\ndescription: reviews\ntools: []'), { tools: [] }],
    ['every tool', file('name: reviewer\ndescription: reviews\ntools: "*"'), { tools: undefined }],
    ['a model', file('name: reviewer\ndescription: reviews\nmodel: haiku'), { model: 'haiku' }],
    ['the model of the session', file('name: reviewer\ndescription: reviews\nmodel: inherit'), {}],
    [
      'a folded description',
      file('name: reviewer\ndescription: >\n  reviews\n  code'),
      { description: 'reviews code' },
    ],
    [
      'front matter that is no YAML',
      file('name: reviewer\ndescription: Use it so: <example>user: "hi"</example>\nmodel: haiku'),
      { description: 'Use it so: <example>user: "hi"</example>', model: 'haiku' },
    ],
    ['a name that is a number', file('name: 7\ndescription: reviews'), { name: '7' }],
    ['line ends of Windows', file('name: reviewer\ndescription: reviews').replaceAll('\n', '\r\n'), {}],
    ['a byte order mark', `\uFEFF${file('name: reviewer\ndescription: reviews')}`, {}],
    [
      'a rule in the body',
      file('name: reviewer\ndescription: reviews', 'a\n---\nb'),
      { prompt: 'a\n---\nb' },
    ],
    ['no body', '---\nname: reviewer\ndescription: reviews\n---', { prompt: '' }],
  ])('%s', async (_name, text, differs) => {
    expect(await parseAgentType(text)).toEqual({ kind: 'ok', agentType: { ...REVIEWER, ...differs } });
  });
});

test.each<[string, string, RegExp]>([
  ['no front matter', 'just text', /no front matter/],
  ['front matter without an end', '---\nname: x\n', /no front matter/],
  ['no name', file('description: reviews'), /no "name"/],
  ['an empty name', file('name: ""\ndescription: reviews'), /no "name"/],
  ['no description', file('name: reviewer'), /no "description"/],
  ['front matter that is a list', file('- name'), /no "name"/],
  ['empty front matter', '---\n---\nbody', /no "name"/],
])('a problem: %s', async (_name, text, message) => {
  expect(await parseAgentType(text)).toEqual({ kind: 'problem', message: expect.stringMatching(message) });
});

test.each([
  ['Read,Write', ['Read', 'Write']],
  ['Read Write', ['Read', 'Write']],
  ['Bash(git *), Edit', ['Bash(git *)', 'Edit']],
  ['', []],
])('a list of tools: %j', (text, expected) => {
  expect(splitToolList(text)).toEqual(expected);
});
