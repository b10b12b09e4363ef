/** Session logs as they lie on a disk where anybody may have put something among them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findSessionLogs } from '../../../../src/journal/claude-sessions/find-session-logs.ts';
import { readSessionLog } from '../../../../src/journal/claude-sessions/read-session-log.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function logs(files: Readonly<Record<string, string>>): string {
  const dir = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

const begun = (day: string) =>
  `{"type":"summary","summary":"x"}\n{"type":"user","timestamp":"2026-11-${day}T10:00:00.000Z"}\n`;

async function found(...roots: readonly string[]) {
  const { places, refused } = await findSessionLogs(roots);
  return { names: places.map(({ file }) => path.basename(file)), refused };
}

test('the latest begun come first, by what they say themselves, then by path', async () => {
  const dir = logs({
    'b/1.jsonl': begun('03'),
    'a/2.jsonl': begun('05'),
    'a/3.jsonl': begun('03'),
    'c/4.jsonl': '{"type":"mode"}\n',
    'top.jsonl': begun('04'),
  });
  expect((await found(dir)).names).toEqual(['2.jsonl', 'top.jsonl', '3.jsonl', '1.jsonl', '4.jsonl']);
});

test('a file that is named twice is read once, and other files and deeper folders are no sessions', async () => {
  const dir = logs({
    'a/1.jsonl': begun('01'),
    'a/notes.md': 'x',
    'a/1/subagents/agent-2.jsonl': begun('02'),
  });
  const names = (await found(dir, path.join(dir, 'a'), path.join(dir, 'a/1.jsonl'))).names;
  expect(names).toEqual(['1.jsonl']);
});

test('links, FIFOs and names that steer a terminal are refused and named', async () => {
  const dir = logs({ 'a/1.jsonl': begun('01'), 'a/x\u001b[2J.jsonl': begun('01'), 'secret/key': 'x' });
  symlinkSync(path.join(dir, 'secret/key'), path.join(dir, 'a/link.jsonl'));
  symlinkSync(path.join(dir, 'secret'), path.join(dir, 'away.jsonl'));
  execFileSync('mkfifo', [path.join(dir, 'a/pipe.jsonl')]);
  const { names, refused } = await found(dir);
  expect(names).toEqual(['1.jsonl']);
  expect(refused.map(({ file, why }) => `${path.basename(file)} ${why}`)).toEqual([
    'link.jsonl is a symbolic link',
    'pipe.jsonl is no regular file',
    'x\u001b[2J.jsonl has control characters in its name',
    'away.jsonl is a symbolic link',
  ]);
});

test('a link that the user names is followed', async () => {
  const dir = logs({ 'real/a/1.jsonl': begun('01') });
  symlinkSync(path.join(dir, 'real'), path.join(dir, 'named'));
  expect((await found(path.join(dir, 'named'))).names).toEqual(['1.jsonl']);
});

test('torn, foreign and blank lines are passed over and counted', async () => {
  const user = '{"type":"user","uuid":"1","message":{"content":"fix it"}}';
  const dir = logs({ 'a.jsonl': `${user}\r\n\n[1]\nno json\n${user.slice(0, 30)}` });
  const log = await readSessionLog(path.join(dir, 'a.jsonl'), new Set());
  expect(log).toMatchObject({ lines: 4, badLines: 3, tooLongLines: 0 });
  expect(log.digest.inputs).toMatchObject([{ text: 'fix it' }]);
});

test('a person is heard in a line of megabytes, too', async () => {
  const picture = { type: 'image', source: { data: 'A'.repeat(3_000_000) } };
  const content = [picture, { type: 'text', text: 'what is this?' }];
  const line = JSON.stringify({ type: 'user', message: { content }, toolName: 'q"\\'.repeat(100_000) });
  const dir = logs({ 'a.jsonl': `${line}\n${line.slice(0, -200)}\n` });
  const log = await readSessionLog(path.join(dir, 'a.jsonl'), new Set());
  expect(log).toMatchObject({ lines: 2, badLines: 1 });
  expect(log.digest.inputs).toMatchObject([{ text: 'what is this?' }]);
});

test('a line that stays large with short strings is not made a value of', async () => {
  const dir = logs({ 'a.jsonl': `{"type":"user","numbers":[${'1,'.repeat(1_100_000)}1]}\n` });
  expect(await readSessionLog(path.join(dir, 'a.jsonl'), new Set())).toMatchObject({ tooLongLines: 1 });
});
