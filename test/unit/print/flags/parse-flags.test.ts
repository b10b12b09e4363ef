import { describe, expect, test } from 'vitest';
import { FLAGS } from '../../../../src/print/flags/flag-table.ts';
import { titleOf } from '../../../../src/print/flags/flag-title.ts';
import { helpText } from '../../../../src/print/flags/help.ts';
import { parseFlags } from '../../../../src/print/flags/parse-flags.ts';

function parsed(...argv: string[]): unknown {
  const line = parseFlags(argv);
  return line.kind === 'ok' ? { words: line.words, given: Object.fromEntries(line.given) } : line;
}

describe('what is understood', () => {
  test.each<[string, string[], string[], object]>([
    ['a prompt', ['-p', 'hi'], ['hi'], { '--print': [] }],
    ['a value apart', ['--model', 'haiku', 'hi'], ['hi'], { '--model': ['haiku'] }],
    ['a value with =', ['--model=haiku', 'hi'], ['hi'], { '--model': ['haiku'] }],
    ['a value with = in it', ['--system-prompt=a=b'], [], { '--system-prompt': ['a=b'] }],
    ['an empty value', ['--system-prompt', '', 'hi'], ['hi'], { '--system-prompt': [''] }],
    ['an empty value with =', ['--system-prompt='], [], { '--system-prompt': [''] }],
    [
      'a value that looks like a flag',
      ['--system-prompt', '--verbose'],
      [],
      { '--system-prompt': ['--verbose'] },
    ],
    ['a value of two lines', ['--system-prompt=a\nb'], [], { '--system-prompt': ['a\nb'] }],
    ['a value twice: the last counts', ['--model', 'a', '--model', 'b'], [], { '--model': ['b'] }],
    [
      'a list up to the next flag',
      ['--allowedTools', 'Bash', 'Read', '-p', 'hi'],
      ['hi'],
      { '--allowedTools': ['Bash', 'Read'], '--print': [] },
    ],
    ['a list up to --', ['--allowedTools', 'Bash', '--', 'hi'], ['hi'], { '--allowedTools': ['Bash'] }],
    ['a list with = ends there', ['--allowedTools=Bash', 'hi'], ['hi'], { '--allowedTools': ['Bash'] }],
    [
      'a list in parts',
      ['--allowed-tools', 'Bash', '--verbose', '--allowedTools', 'Read'],
      [],
      { '--allowedTools': ['Bash', 'Read'], '--verbose': [] },
    ],
    ['a list that holds an empty word', ['--tools', ''], [], { '--tools': [''] }],
    ['nothing is a flag after --', ['-p', '--', '--nope', '-x'], ['--nope', '-x'], { '--print': [] }],
    ['short flags together', ['-pp', 'hi'], ['hi'], { '--print': [] }],
    ['a lone dash is a word', ['-'], ['-'], {}],
    ['a value that may be left out', ['-r', 'id', 'hi'], ['hi'], { '--resume': ['id'] }],
    ['a value that is left out', ['-r', '-p', 'hi'], ['hi'], { '--resume': [], '--print': [] }],
    ['a value that may be left out, with =', ['--resume=id', 'hi'], ['hi'], { '--resume': ['id'] }],
    [
      'a value right behind its short flag',
      ['-pcrid'],
      [],
      { '--print': [], '--continue': [], '--resume': ['id'] },
    ],
    [
      'what means nothing here',
      ['--chrome', '--thinking', 'enabled', 'hi'],
      ['hi'],
      { '--chrome': [], '--thinking': ['enabled'] },
    ],
  ])('%s', (_name, argv, words, given) => {
    expect(parsed(...argv)).toEqual({ words, given });
  });

  test.each([
    [['-v'], 'version'],
    [['-pv'], 'version'],
    [['--nope', '--version'], 'version'],
    [['--help', '--nope'], 'help'],
    [['-p', 'hi', '-h'], 'help'],
  ])('%j is answered whatever else is wrong', (argv, kind) => {
    expect(parseFlags(argv)).toEqual({ kind });
  });
});

describe('what is refused, in the real program’s words', () => {
  test.each([
    [['--x'], "error: unknown option '--x'"],
    [['-x'], "error: unknown option '-x'"],
    [['--nope=3'], "error: unknown option '--nope=3'"],
    [['--outpt-format', 'json'], "error: unknown option '--outpt-format'\n(Did you mean --output-format?)"],
    [['--verbose=1'], "error: unknown option '--verbose=1'\n(Did you mean --verbose?)"],
    [
      ['--output-format', 'xml'],
      "error: option '--output-format <format>' argument 'xml' is invalid. Allowed choices are text, json, stream-json.",
    ],
    [['--output-format'], "error: option '--output-format <format>' argument missing"],
    [['--allowedTools'], "error: option '--allowedTools, --allowed-tools <tools...>' argument missing"],
    [['--model'], "error: option '--model <model>' argument missing"],
    [
      ['--permission-prompts', 'zz'],
      "error: option '--permission-prompts <target>' argument 'zz' is invalid. Allowed choices are host, none.",
    ],
    [
      ['--permission-mode', 'zz'],
      "error: option '--permission-mode <mode>' argument 'zz' is invalid. Allowed choices are acceptEdits, auto, bypassPermissions, manual, dontAsk, plan.",
    ],
    [['--worktree'], "error: unknown option '--worktree'"],
  ])('%j', (argv, message) => {
    expect(parseFlags(argv)).toEqual({ kind: 'error', message });
  });
});

test('the help names every flag, in lines that fit a terminal', () => {
  const help = helpText();
  for (const flag of FLAGS) expect(help).toContain(titleOf(flag));
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(112);
});
