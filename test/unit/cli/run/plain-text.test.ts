/** `andwait run /deep-research "a question"`: what stands behind the script is its `args`. */
import { expect, test } from 'vitest';
import yargs from 'yargs';
import { defineRunFlags } from '../../../../src/cli/run/run-flags.ts';
import { resumeByFile, runCommandLine } from '../../../../src/cli/run/run-options.ts';

function parsed(...words: readonly string[]) {
  let flags: Parameters<typeof runCommandLine>[0] | undefined;
  yargs([])
    .command('run <file> [text]', 'runs', defineRunFlags, (given) => {
      flags = given;
    })
    .exitProcess(false)
    .parseSync(['run', ...words]);
  if (flags === undefined) throw new Error('not parsed');
  return flags;
}

const HOST = { cores: 2, env: {} };

test.each(['Why is the sky blue?', '42', 'true', '{"a":1}', ''])('%j is passed as it is', (text) => {
  const line = parsed('/ask', text);
  expect(runCommandLine(line, HOST).args).toBe(JSON.stringify(text));
  expect(resumeByFile(line, 'a run').args).toBe(JSON.stringify(text));
});

test.each([
  [['--args', '{}'], 'both "text" and --args say what the script is given; give one of them'],
  [
    ['--arg', 'a=1'],
    'both "text" and --arg a=1 say what the script is given, and a text by itself is all of it; give the text a name',
  ],
])('beside %j it is refused', (flags, message) => {
  expect(() => runCommandLine(parsed('/ask', 'text', ...flags), HOST)).toThrow(message);
});
