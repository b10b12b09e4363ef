import { expect, test } from 'vitest';
import { RunRecords } from '../../../../src/broker/runs/run-records.ts';
import { JournalBroken, type JournalWriter } from '../../../../src/journal/journal-writer.ts';
import { newRunState } from '../../../../src/pool/run-state.ts';

const hearer = { notice: () => {}, over: () => {} };

test('a journal that cannot be written is a refusal to whoever asked, not the end of the broker', async () => {
  const broken = () => Promise.reject(new JournalBroken('the disk is full'));
  const writer = { append: () => {}, commit: broken } as unknown as JournalWriter;
  const caps = { concurrency: 1, agents: 1, outputTokens: null };
  const records = new RunRecords(newRunState(caps), { writer, close: broken }, hearer);
  const refusal = { name: 'Refused', reason: 'journal', message: 'the disk is full' };
  await expect(records.commit({ type: 'log', text: 'x', at: 0 })).rejects.toMatchObject(refusal);
  await expect(records.close()).rejects.toMatchObject(refusal);
});

test('what could not be recorded is not begun', () => {
  const fault = new JournalBroken('the disk is full');
  const caps = { concurrency: 1, agents: 1, outputTokens: null };
  const recordsWith = (writer: object) =>
    new RunRecords(newRunState(caps), { writer: writer as JournalWriter, close: async () => {} }, hearer);
  expect(() => recordsWith({ fault: undefined }).requireWritable()).not.toThrow();
  expect(() => recordsWith({ fault }).requireWritable()).toThrow(/the disk is full; .* make room/);
});
