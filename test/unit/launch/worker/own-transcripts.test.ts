/** A host hands out what agents wrote that were asked for through the queue, and nothing else of it. */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { OwnTranscripts } from '../../../../src/launch/worker/own-transcripts.ts';
import { keyOf } from '../../../../src/pool/content-hash.ts';
import { PIECE_BYTES } from '../../../../src/wire/queue/host-question.ts';
import { RecordedRunFiles, RUN_ID, started } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const STATE = 'abc';

function stage(kind: 'worker' | 'workflow' = 'worker') {
  const dir = temporaryFolder();
  const run = new RecordedRunFiles(dir, { kind });
  run.record(started(3, { key: keyOf('token', 2) }));
  const transcripts = new OwnTranscripts(dir, STATE);
  const ask = (over: object = {}, from = 0) =>
    transcripts.answer({
      type: 'transcript',
      place: { state: STATE, runId: RUN_ID, call: 3 },
      token: 'token',
      from,
      ...over,
    });
  return { dir, run, ask };
}

const piece = (text: string) => ({ type: 'piece', bytes: Buffer.from(text).toString('base64') });

test('piece by piece, to its end', async () => {
  const { run, ask } = stage();
  const text = `${'é'.repeat(PIECE_BYTES / 2)}rest`;
  writeFileSync(run.folder.transcriptFile(3), text);
  expect(await ask()).toEqual(piece('é'.repeat(PIECE_BYTES / 2)));
  expect(await ask({}, PIECE_BYTES)).toEqual(piece('rest'));
  expect(await ask({}, PIECE_BYTES + 4)).toEqual(piece(''));
});

test.each<[string, object]>([
  ['another token', { token: 'other' }],
  ['another call', { place: { state: STATE, runId: RUN_ID, call: 4 } }],
  ['another state folder', { place: { state: 'xyz', runId: RUN_ID, call: 3 } }],
  ['a run that is not there', { place: { state: STATE, runId: 'nothing', call: 3 } }],
  ['a path', { place: { state: STATE, runId: `../runs/${RUN_ID}`, call: 3 } }],
  ['no question at all', { type: 'files' }],
])('not for %s', async (_what, over) => {
  const { run, ask } = stage();
  writeFileSync(run.folder.transcriptFile(3), 'said');
  expect(await ask(over)).toEqual({ type: 'none', why: expect.stringMatching(/^it /) });
});

test('not of a run that was made here for oneself', async () => {
  const { run, ask } = stage('workflow');
  writeFileSync(run.folder.transcriptFile(3), 'said');
  expect(await ask()).toMatchObject({ type: 'none' });
});

test('not what a link leads to, and no path in what is said of it', async () => {
  const { dir, run, ask } = stage();
  const secret = path.join(dir, 'secret');
  writeFileSync(secret, 'x');
  symlinkSync(secret, run.folder.transcriptFile(3));
  expect(await ask()).toEqual({ type: 'none', why: 'it cannot read it (ELOOP)' });
  rmSync(run.folder.transcriptFile(3));
  expect(await ask()).toEqual({ type: 'none', why: 'it cannot read it (ENOENT)' });
});
