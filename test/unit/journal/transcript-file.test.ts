import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { TranscriptFile } from '../../../src/journal/transcript-file.ts';
import { agentCall } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function transcript() {
  const file = path.join(temporaryFolder(), '1.ndjson');
  const clock = new ManualClock();
  const call = agentCall({ prompt: 'one\ntwo' });
  return { file, clock, sink: new TranscriptFile(file, call, clock), text: () => readFileSync(file, 'utf8') };
}

const PROMPT = '{"type":"andwait/call","call":1,"label":"one\\ntwo","prompt":"one\\ntwo"}\n';

test('prompt first, then the lines as they came, for the user alone', async () => {
  const { file, sink, text } = transcript();
  sink.write(Buffer.from('{"a":1}'));
  sink.write(Buffer.from('not json \xff', 'latin1'));
  await sink.close();
  expect(text()).toContain(`${PROMPT}{"a":1}\nnot json `);
  expect(readFileSync(file).subarray(-2)).toEqual(Buffer.from([0xff, 0x0a]));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('lines are gathered, but not for long', () => {
  const { file, clock, sink, text } = transcript();
  sink.write(Buffer.from('early'));
  expect(existsSync(file)).toBe(false);
  clock.advance(300);
  sink.write(Buffer.from('late'));
  // Nothing follows: the agent's tool may run for an hour.
  clock.advance(200);
  expect(text()).toBe(`${PROMPT}early\nlate\n`);
});

test('and not without bound', () => {
  const { sink, text } = transcript();
  sink.write(Buffer.alloc(70_000, 'x'));
  expect(text().length).toBeGreaterThan(70_000);
});

test('what cannot be written is told at the end', async () => {
  const sink = new TranscriptFile('/dev/full', agentCall(), new ManualClock());
  await expect(sink.close()).rejects.toThrow('ENOSPC');
});
