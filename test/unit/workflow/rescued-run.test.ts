import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from '../../../src/core/program.ts';
import type { RunOptions } from '../../../src/core/run.ts';
import { importRun } from '../../../src/journal/claude-run/import-run.ts';
import { readClaudeRun } from '../../../src/journal/claude-run/read-claude-run.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { readRun } from '../../../src/journal/run-record.ts';
import { rescuedRun } from '../../../src/workflow/rescued-run.ts';
import { claudeProject, type RecordedRunName } from '../../support/runs/claude-project.ts';
import { DESCRIPTION } from '../../support/runs/run-description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OPTIONS = { rehearse: false, permissionMode: 'acceptEdits' } as RunOptions;

async function rescued(name: RecordedRunName) {
  const read = await readClaudeRun(claudeProject(name), () => undefined);
  if (read.kind === 'problem') throw new Error(read.message);
  return rescuedRun(read.run, OPTIONS, 7);
}

test('an attempt, its calls in the order they started, and its end', async () => {
  const { records } = await rescued('failed');
  expect(records.map((record) => record.type)).toEqual([
    'attempt',
    ...Array.from({ length: 7 }, () => ['started', 'outcome']).flat(),
    'end',
  ]);
  expect(records[0]).toMatchObject({ agent: 'claude code 2.1.330 (rescued)', rehearsal: false, pid: 0 });
  expect(records.at(-1)).toMatchObject({ type: 'end', attempt: 1, status: 'failed' });
});

test('a reply carries what it cost in tokens, no price, and what it is found by', async () => {
  const { records } = await rescued('failed');
  const outcomes = records.flatMap((record) => (record.type === 'outcome' ? [record] : []));
  expect(outcomes[3]).toMatchObject({
    outcome: {
      kind: 'reply',
      text: '{"n":2}',
      structured: { n: 2 },
      costUsd: null,
      turns: 2,
      usage: { outputTokens: 40 },
    },
    match: { by: 'prompt', promptHash: expect.stringMatching(/^[0-9a-f]{32}$/), agentType: null },
  });
  expect(outcomes[1]?.outcome).toMatchObject({ kind: 'failure', reason: 'api-error', apiStatus: 400 });
  expect(outcomes[4]?.outcome).toMatchObject({ kind: 'failure', reason: 'agent-error' });
});

test('what never finished has started, no more; the run has no end', async () => {
  const { records } = await rescued('cut-off');
  const settled = new Set(records.flatMap((record) => (record.type === 'outcome' ? [record.call] : [])));
  expect([...settled]).toEqual([1, 2, 3, 4, 6]);
  expect(records.at(-1)).toMatchObject({ type: 'started', call: 7 });
});

test('imported, it is a run of ours that was cut off', async () => {
  const { records, transcripts } = await rescued('cut-off');
  const description = { ...DESCRIPTION, runId: 'r', startedAt: 7 };
  const folder = await importRun(temporaryFolder(), process.getuid?.() ?? 0, {
    description,
    script: 's',
    records,
    transcripts,
  });
  const journal = readJournal(folder.journalFile);
  expect(journal.notice).toBeUndefined();
  expect(journal.records).toEqual(
    JSON.parse(
      JSON.stringify([{ type: 'header', format: 1, runId: 'r', version: VERSION, at: 7 }, ...records]),
    ),
  );
  expect(await readRun(folder)).toMatchObject({ state: 'unfinished', attempts: [{ attempt: 1 }] });
  const [first, ...talk] = readFileSync(folder.transcriptFile(1), 'utf8').trimEnd().split('\n');
  expect(JSON.parse(first ?? '')).toEqual({
    type: 'andwait/call',
    call: 1,
    label: 'read 0',
    prompt: 'item 0\n  of x',
  });
  expect(talk.map((line) => Object.keys(JSON.parse(line) as object))).toEqual([['type', 'message']]);
});
