import { expect, test } from 'vitest';
import type { Json } from '../../../../src/core/json.ts';
import { EMPTY_TALLY } from '../../../../src/core/run.ts';
import { checkDraft } from '../../../../src/workflow/authoring/check-draft.ts';
import type { Rehearsal } from '../../../../src/workflow/authoring/rehearse-script.ts';

const GOOD = "export const meta = { name: 'n', description: 'd' }\nreturn await agent('x')\n";

function rehearsed(end: Partial<Rehearsal['end']> = {}): Rehearsal {
  return {
    end: {
      type: 'result',
      runId: 'rehearsal',
      name: 'n',
      status: 'completed',
      result: null,
      error: null,
      ...EMPTY_TALLY,
      durationMs: 1,
      ...end,
    },
    calls: [{ label: 'x', phase: undefined, model: undefined }],
    logs: [],
  };
}

function check(
  text: string,
  { name, args, end }: { name?: string; args?: Json; end?: Partial<Rehearsal['end']> } = {},
) {
  const rehearsals: (Json | undefined)[] = [];
  const verdict = checkDraft(
    { text, args },
    {
      file: 'draft-1.js',
      name,
      rehearse: async (_script, its) => {
        rehearsals.push(its);
        return rehearsed(end);
      },
    },
  );
  return { verdict, rehearsals };
}

async function objection(...order: Parameters<typeof check>): Promise<string> {
  const verdict = await check(...order).verdict;
  return verdict.kind === 'bad' ? verdict.objection : 'none';
}

test('a good one is rehearsed with the args of its author', async () => {
  const { verdict, rehearsals } = check(GOOD, { args: { files: ['a'] } });
  expect(await verdict).toMatchObject({
    kind: 'good',
    draft: { text: GOOD, script: { meta: { name: 'n' } } },
  });
  expect(rehearsals).toEqual([{ files: ['a'] }]);
});

test.each([
  ['', 'the file is empty'],
  ['const a = 1', 'must be the first statement'],
  [`${GOOD}const a = (`, 'draft-1.js:3:12'],
  [`${GOOD}await import('node:fs')`, '`import()` is not available'],
  [`import fs from 'node:fs'\n${GOOD}`, 'must be the first statement'],
  [`${GOOD}log(Date.now())`, '`Date.now()` is not available'],
  [GOOD.replace("'x'", "'x\u202e'"), 'line 2 holds characters that nobody sees'],
  [GOOD.replace("'x'", "'x\u200b'"), 'line 2 holds characters that nobody sees'],
  [GOOD.replace("'x'", "'x\u001b[2J'"), 'line 2 holds characters that nobody sees'],
])('%j is no script, and nothing of it runs', async (text, message) => {
  const { verdict, rehearsals } = check(text);
  expect(await verdict).toMatchObject({ kind: 'bad', objection: expect.stringContaining(message) as string });
  expect(rehearsals).toEqual([]);
});

test('line ends of another system and emoji hide nothing', async () => {
  expect(await objection(GOOD.replaceAll('\n', '\r\n').replace("'x'", "'👩‍👩‍👧 ✔️'"))).toBe('none');
});

test('a name that was asked for is held to', async () => {
  expect(await objection(GOOD, { name: 'audit' })).toBe('meta.name is "n"; it must be "audit"');
  expect(await objection(GOOD, { name: 'n' })).toBe('none');
});

test('what went wrong in the rehearsal is told with the author’s lines', async () => {
  const stack = 'TypeError: a is null\n    at draft-1.js:3:5';
  const error = { name: 'TypeError', message: 'a is null', stack };
  expect(await objection(GOOD, { end: { status: 'failed', error } })).toBe(
    `in a rehearsal without args, after 1 agents, it ended with ${stack}`,
  );
  const late = { name: 'Stopped', message: 'it took too long', stack: undefined };
  expect(await objection(GOOD, { args: [1], end: { status: 'stopped', error: late } })).toBe(
    'in a rehearsal with the args [1], after 1 agents, it took too long',
  );
});

test('an endless complaint is cut', async () => {
  const error = { name: 'Error', message: 'x'.repeat(100_000), stack: undefined };
  expect((await objection(GOOD, { end: { status: 'failed', error } })).length).toBe(4000);
});
