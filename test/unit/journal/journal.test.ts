import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalWriter } from '../../../src/journal/journal-writer.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { encodeRecord, type JournalRecord } from '../../../src/wire/records/record.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEADER: JournalRecord = { type: 'header', format: 1, runId: 'r', version: '0.1.0', at: 0 };

function log(text: string): JournalRecord {
  return { type: 'log', text, at: 1 };
}

function journalFile(): string {
  return path.join(temporaryFolder(), 'journal.ndjson');
}

describe('writing', () => {
  test('records stand in the order they were appended, committed or not', async () => {
    const file = journalFile();
    const writer = await JournalWriter.open(file);
    writer.append(HEADER);
    const synced = writer.commit(log('one'));
    writer.append(log('two'));
    await synced;
    await Promise.all(Array.from({ length: 50 }, (_, n) => writer.commit(log(`many ${n}`))));
    await writer.close();
    const texts = readJournal(file).records.flatMap((record) => (record.type === 'log' ? [record.text] : []));
    expect(texts).toEqual(['one', 'two', ...Array.from({ length: 50 }, (_, n) => `many ${n}`)]);
  });

  test('a committed record is in the file before its promise resolves', async () => {
    const file = journalFile();
    const writer = await JournalWriter.open(file);
    await writer.commit(HEADER);
    expect(readFileSync(file, 'utf8')).toBe(encodeRecord(HEADER));
    await writer.close();
  });

  test('nobody else can read it', async () => {
    const file = journalFile();
    await (await JournalWriter.open(file)).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('after a failed write nothing more is claimed', async () => {
    const writer = await JournalWriter.open('/dev/full');
    await expect(writer.commit(HEADER)).rejects.toThrow(/\/dev\/full cannot be written: ENOSPC/);
    await expect(writer.commit(log('later'))).rejects.toThrow(/cannot be written/);
    await expect(writer.close()).rejects.toThrow(/cannot be written/);
  });
});

describe('reading', () => {
  test('what is no regular file is refused: a pipe would be waited for', () => {
    const file = path.join(temporaryFolder(), 'journal.ndjson');
    execFileSync('mkfifo', [file]);
    expect(() => readJournal(file)).toThrow(/journal\.ndjson is no regular file/);
  });

  const lines = [HEADER, log('one'), log('two')].map(encodeRecord);

  test('a last line torn at any byte is dropped with a notice', () => {
    const file = journalFile();
    const whole = lines.slice(0, 2).join('');
    const last = Buffer.from(lines[2] ?? '');
    for (let cut = 1; cut < last.length; cut += 1) {
      writeFileSync(file, whole);
      appendFileSync(file, last.subarray(0, cut));
      const journal = readJournal(file);
      expect(journal.records).toHaveLength(2);
      expect(journal.notice).toContain(`(${cut} bytes)`);
      expect(journal.soundBytes).toBe(Buffer.byteLength(whole));
    }
  });

  test.each([1, 2])('damage at line %i is refused, naming the line', (number) => {
    const file = journalFile();
    const damaged = lines.map((line, index) => (index === number - 1 ? `${line.slice(0, 9)}\n` : line));
    writeFileSync(file, damaged.join(''));
    expect(() => readJournal(file)).toThrow(new RegExp(`damaged at line ${number} `));
  });

  test('unknown records are passed over, unknown fields kept', () => {
    const file = journalFile();
    writeFileSync(file, `${lines[0]}{"type":"hologram"}\n{"type":"log","text":"x","at":1,"mood":"fine"}\n`);
    expect(readJournal(file).records[1]).toEqual({ type: 'log', text: 'x', at: 1, mood: 'fine' });
  });

  test('a journal of a later format says what to do', () => {
    const file = journalFile();
    writeFileSync(file, encodeRecord({ ...HEADER, format: 99 }));
    expect(() => readJournal(file)).toThrow(/has format 99, this version reads up to 1; update andwait/);
  });
});
