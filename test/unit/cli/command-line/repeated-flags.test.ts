/** What is made of a flag that is given twice, by the very definitions that `andwait run` has. */
import { expect, test } from 'vitest';
import yargs from 'yargs';
import { withLastOfRepeated } from '../../../../src/cli/command-line/repeated-flags.ts';
import { defineRunFlags } from '../../../../src/cli/run/run-flags.ts';

async function parsed(...argv: readonly string[]): Promise<Record<string, unknown>> {
  return await withLastOfRepeated(yargs([], '/'))
    .parserConfiguration({ 'duplicate-arguments-array': true, 'camel-case-expansion': false })
    .command('run <file>', 'runs', defineRunFlags)
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parseAsync(['run', 'x.js', ...argv]);
}

test('one that takes several keeps each, in order, and no word that follows', async () => {
  expect(await parsed('--arg', 'a=1', '--arg', 'b=2', '--arg=c=3')).toMatchObject({
    arg: ['a=1', 'b=2', 'c=3'],
    file: 'x.js',
  });
  expect(await parsed('--allowed-tools', 'A', '-q', '--allowed-tools', 'B', '--arg', 'a=1')).toMatchObject({
    'allowed-tools': ['A', 'B'],
    arg: ['a=1'],
  });
});

test('of any other the last one counts, under each of its names', async () => {
  expect(
    await parsed('--output', 'json', '--output', 'text', '-q', '-q', '-j', '1', '-j', '2'),
  ).toMatchObject({
    output: 'text',
    quiet: true,
    concurrency: '2',
  });
});
