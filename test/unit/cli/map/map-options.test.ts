import { describe, expect, test } from 'vitest';
import yargs from 'yargs';
import { defineMapFlags, type MapFlags } from '../../../../src/cli/map/map-flags.ts';
import { mapCommandLine, NO_AGENT_CAP } from '../../../../src/cli/map/map-options.ts';

/** As `andwait map` reads its words. */
async function parsed(...words: string[]) {
  let flags: MapFlags | undefined;
  await yargs(['map', ...words])
    .command('map [template]', 'd', defineMapFlags, (found) => {
      flags = found as MapFlags;
    })
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'parse-numbers': false })
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parseAsync();
  if (flags === undefined) throw new Error('not parsed');
  return mapCommandLine(flags, 8);
}

test('what holds when nothing is said', async () => {
  expect(await parsed('Review {}')).toMatchObject({
    template: 'Review {}',
    input: undefined,
    output: undefined,
    joblog: undefined,
    resumedRun: undefined,
    tries: 1,
    halt: undefined,
    newOptions: { caps: { concurrency: 6, agents: NO_AGENT_CAP, outputTokens: null }, rehearse: false },
  });
});

describe('--resume', () => {
  test.each([
    [['--resume', '20261122-151023-6bk3f9'], { resumedRun: '20261122-151023-6bk3f9', template: undefined }],
    [['--resume', '20261122', 'Do {}'], { resumedRun: '20261122', template: 'Do {}' }],
    [['Do {}', '--resume', 'abc'], { resumedRun: 'abc', template: 'Do {}' }],
    [['--joblog', 'l', '--resume', 'Do {}'], { template: 'Do {}', joblog: { file: 'l', use: 'resume' } }],
    [['--joblog', 'l', 'Do {}', '--resume'], { template: 'Do {}', joblog: { file: 'l', use: 'resume' } }],
    [['--resume', '--joblog', 'l', 'Do {}'], { template: 'Do {}', joblog: { file: 'l', use: 'resume' } }],
    [['--joblog', 'l', '--resume', '2026', 'x'], { resumedRun: '2026', joblog: { file: 'l', use: 'write' } }],
    [['--joblog', 'l', '--resume-failed', 'x'], { joblog: { file: 'l', use: 'resume-failed' } }],
    [
      ['--joblog', 'l', '--retry-failed'],
      { joblog: { file: 'l', use: 'retry-failed' }, template: undefined },
    ],
  ])('%j', async (words, expected) => {
    expect(await parsed(...words)).toMatchObject(expected);
  });
});

describe('a value of --resume that is neither a run nor clearly a template is quoted', () => {
  test.each(['abc', 'latest', '20261122-151023-6bk3f9!', '20261122-15 10 23 {}'])('%j', async (value) => {
    const words = `--resume ${JSON.stringify(value)}: no id of a run`;
    await expect(parsed('--resume', value)).rejects.toThrow(words);
    await expect(parsed('--joblog', 'l', '--resume', value)).rejects.toThrow(words);
  });
});

describe('--halt', () => {
  test.each([
    ['now,fail=1', { when: 'now', what: 'fail', limit: { kind: 'count', count: 1 } }],
    ['soon,success=2', { when: 'soon', what: 'success', limit: { kind: 'count', count: 2 } }],
    ['soon,done=12.5%', { when: 'soon', what: 'done', limit: { kind: 'share', percent: 12.5 } }],
    ['never', undefined],
  ])('%s', async (text, halt) => {
    expect((await parsed('x', '--halt', text)).halt).toEqual(halt);
  });
});

describe('refused', () => {
  test.each([
    [['--halt', 'now'], /--halt "now": expected soon or now, then/],
    [['--halt', 'now,fail=0'], /--halt "now,fail=0": expected a whole number above 0/],
    [['--halt', 'soon,fail=101%'], /--halt "soon,fail=101%"/],
    [['--tag'], /--tag belongs to --output text/],
    [['--resume'], /--resume goes by a joblog: say which with --joblog FILE; or say which run/],
    [['--retry-failed'], /--retry-failed goes by a joblog/],
    [['--joblog', ''], /--joblog "": expected a file/],
    [['--joblog', 'l', '--resume-failed', '--retry-failed'], /exclude each other/],
    [
      ['--joblog', 'l', '--retry-failed'],
      /--retry-failed takes the prompts from the joblog, so no template goes with it; received "x"/,
    ],
    [['--retries', '0'], /--retries "0": expected a whole number above 0/],
    [['--delay', 'x'], /--delay "x": expected seconds/],
    [['--fail-on', 'x'], /--fail-on "x"/],
  ])('%j', async (words, message) => {
    await expect(parsed('x', ...words)).rejects.toThrow(message);
  });
});

test('--fail-on holds for whoever resumes it, unless they say otherwise', async () => {
  const { newOptions } = await parsed('x', '--fail-on', 'denied,2');
  expect(newOptions.failOn).toBe('denied,2');
  expect((await parsed('--resume', '20261122')).options(newOptions).failOn).toBe('denied,2');
  expect((await parsed('--resume', '20261122', '--fail-on', 'off')).options(newOptions).failOn).toBe('off');
});

test('--queue is no flag of a map, and what is said of it shows no password; off is how it is', async () => {
  const refused = parsed('x', '--queue', 'redis://:secret@host');
  await expect(refused).rejects.toThrow('--queue: a map runs its agents on this host');
  await expect(refused).rejects.not.toThrow('secret');
  expect(await parsed('x', '--queue', 'off')).toMatchObject({ template: 'x' });
});
