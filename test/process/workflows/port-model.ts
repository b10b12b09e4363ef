/** A model that ports test/fixtures/port with real tools: it writes what is there, twice wrongly, and judges by what tools tell it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { type FakeRequest, reply } from '../../support/api/fake-messages-api.ts';

const FIXTURE = path.resolve(import.meta.dirname, '../../fixtures/port');

/** JavaScript → Python, and which of the others it needs. */
const UNITS: Readonly<Record<string, readonly [target: string, ...needs: string[]]>> = {
  'js/balance.js': ['python/balance.py'],
  'js/entry.js': ['python/entry.py', 'js/lines.js', 'js/money.js'],
  'js/ledger.test.js': [
    'python/test_ledger.py',
    'js/balance.js',
    'js/entry.js',
    'js/money.js',
    'js/report.js',
  ],
  'js/lines.js': ['python/lines.py'],
  'js/money.js': ['python/money.py'],
  'js/report.js': ['python/report.py', 'js/balance.js', 'js/entry.js', 'js/money.js'],
};
const TARGETS = Object.values(UNITS).map(([target]) => target);
const WRONG_AT_FIRST = ['python/money.py', 'python/report.py'];

export function fixtureFile(name: string): string {
  return readFileSync(path.join(FIXTURE, name), 'utf8');
}

export function sourceFiles(): Record<string, string> {
  const names = ['js/package.json', ...Object.keys(UNITS)];
  return Object.fromEntries(names.map((name) => [name, fixtureFile(name)]));
}

/** What the port comes to, however often it was killed. */
export function portedFiles(): Record<string, string> {
  const ported = TARGETS.map((name) => [name, fixtureFile(name)]);
  return Object.fromEntries([...ported, ['python/.gitignore', fixtureFile('python/gitignore')]]);
}

/** One step of one agent: a tool to call, or its answer. */
interface Step {
  readonly tool: string;
  readonly input: Json;
}

export interface Turn {
  /** The first words of the agent's task, with its file: `translate python/money.py 1`. */
  readonly task: string;
  readonly step: Step;
}

/** A pure function of the conversation so far. */
export function turnOf(request: FakeRequest): Turn {
  const { prompt } = request;
  const said = request.messages.flatMap(toolResults);
  for (const [pattern, name, steps] of TASKS) {
    const match = pattern.exec(prompt);
    if (match === null) continue;
    const [, one = '', two = ''] = match;
    return { task: [name, one, two].join(' ').trim(), step: steps(said, one, two, prompt) };
  }
  throw new Error(`a task that the model does not know: ${prompt}`);
}

export function answer(request: FakeRequest, { step }: Turn): void {
  request.answer(step.tool === '' ? reply().text('done') : reply().tool(step.tool, step.input));
}

interface Result {
  readonly text: string;
  readonly isError: boolean;
}

type Steps = (said: readonly Result[], one: string, two: string, prompt: string) => Step;

const TASKS: readonly (readonly [RegExp, string, Steps])[] = [
  [
    /^Run these/,
    'git',
    (said) =>
      inTurn(
        said,
        [bash('git rev-parse HEAD; git ls-files; git status --porcelain --untracked-files=all .')],
        () => gitState(said[0]?.text ?? ''),
      ),
  ],
  [
    /^List the units/,
    'list',
    (said) =>
      inTurn(said, [], () => ({
        units: Object.entries(UNITS).map(([source, [target]]) => ({ source, target })),
        support: ['python/.gitignore'],
        more: 0,
      })),
  ],
  [
    /^Read "(\S+)"/,
    'read',
    (said, source) =>
      inTurn(said, [readTool(source)], () => ({
        purpose: '',
        types: [],
        lifetimes: [],
        exports: [],
        dependsOn: (UNITS[source] ?? []).slice(1),
        risks: [],
      })),
  ],
  [
    /^Write the support files/,
    'support',
    (said) => written(said, 'python/.gitignore', fixtureFile('python/gitignore')),
  ],
  [
    /Round (\d)\. (?:Write|Rework) "(\S+?)"/,
    'translate',
    (said, round, target) =>
      written(
        said,
        target,
        fixtureFile(
          round === '1' && WRONG_AT_FIRST.includes(target) ? target.replace('python', 'wrong') : target,
        ),
      ),
  ],
  [
    /: "(\S+?)" bec(?:omes|ame) .* Review it as it stands/s,
    'review',
    (said, source) =>
      inTurn(said, [readTool(source), readTool(UNITS[source]?.[0] ?? '')], () =>
        verdict(said[1]?.text ?? ''),
      ),
  ],
  [
    /^Run this command once.*?: "(.+)"\n/,
    'check',
    (said, command) => inTurn(said, [bash(command)], () => checked(said[0] ?? { text: '', isError: true })),
  ],
  [/no others: \["(\S+)"\]/, 'mend', mended],
];

/** Its tools one after the other, then its answer, then the end. */
function inTurn(said: readonly Result[], tools: readonly Step[], value: () => JsonObject): Step {
  const next = tools[said.length];
  if (next !== undefined) return next;
  return said.length > tools.length ? { tool: '', input: {} } : { tool: 'StructuredOutput', input: value() };
}

/** A file that is there already, of an agent that was killed, has to be read before it is written. */
function written(said: readonly Result[], file: string, content: string): Step {
  const write = { tool: 'Write', input: { file_path: file, content } };
  const tools = said[0]?.isError === true ? [write, readTool(file), write] : [write];
  return inTurn(said, tools, () => ({ exports: [file], notes: '' }));
}

function mended(said: readonly Result[], file: string): Step {
  const edit = {
    tool: 'Edit',
    input: { file_path: file, old_string: '(digits)\\n', new_string: '(digits)}\\n' },
  };
  const isToDo = said[0]?.text.includes('(digits)\\n') ?? true;
  return inTurn(said, isToDo ? [readTool(file), edit] : [readTool(file)], () => ({
    changed: [file],
    notes: '',
  }));
}

/** The one thing it knows of both languages: a quotient that is rounded down is not one that is cut. */
function verdict(translation: string): JsonObject {
  if (translation === '') throw new Error('a review of a file that is not there');
  const isRoundedDown = translation.includes('divmod(cents, 100)');
  const problems = isRoundedDown ? [{ where: 'format_amount', what: 'rounds down below zero' }] : [];
  return { agree: !isRoundedDown, problems };
}

function checked({ text, isError }: Result): JsonObject {
  const file = /python\/(?!test_)\w+\.py(?=", line \d+\n.*\n.*\n\s*SyntaxError)/.exec(text)?.[0];
  const errors =
    file === undefined
      ? []
      : [{ kind: 'build', files: [file], message: /SyntaxError: .*/.exec(text)?.[0] ?? '' }];
  return { ran: true, exitCode: isError ? 1 : 0, errors, more: 0 };
}

function gitState(text: string): JsonObject {
  const [commit = '', ...rest] = text.split('\n').filter(Boolean);
  const changed = rest.filter((line) => /^.. /.test(line)).map((line) => line.slice(3));
  return { commit, changed, tracked: rest.filter((line) => line.startsWith('python/')) };
}

function bash(command: string): Step {
  return { tool: 'Bash', input: { command } };
}

function readTool(file: string): Step {
  return { tool: 'Read', input: { file_path: file } };
}

function toolResults({ role, content }: JsonObject): Result[] {
  if (role !== 'user' || !Array.isArray(content)) return [];
  const blocks = content.filter(isJsonObject).filter(({ type }) => type === 'tool_result');
  return blocks.map((block) => ({
    text: textOf(block['content'] ?? ''),
    isError: block['is_error'] === true,
  }));
}

function textOf(content: Json): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content)
    ? content.map((part) => (isJsonObject(part) ? String(part['text']) : '')).join('\n')
    : '';
}
