/** Read, Write and Edit on real files: what is shown, what is refused, and that nothing changes that was not meant. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toolStage } from './tool-stage.ts';

describe('Read', () => {
  test('shows lines with their numbers, the empty one after the last line feed too', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('a.txt'), 'one\r\ntwo\n');
    const result = await use('Read', { file_path: 'a.txt' });
    expect(result.content).toBe('1\tone\n2\ttwo\n3\t');
    expect(result.forPrograms).toEqual({
      type: 'text',
      file: { filePath: 'a.txt', content: 'one\ntwo\n', numLines: 3, startLine: 1, totalLines: 3 },
    });
  });

  test('shows a part, and says when it lies beyond the end', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('a.txt'), 'a\nb\nc\nd');
    expect((await use('Read', { file_path: at('a.txt'), offset: 2, limit: 2 })).content).toBe('2\tb\n3\tc');
    expect((await use('Read', { file_path: at('a.txt'), offset: 9 })).content).toContain('it has 4 lines');
  });

  test('ends where it is too much, and says how to go on', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('long.txt'), `${'x'.repeat(99)}\n`.repeat(500_000));
    const { content } = await use('Read', { file_path: 'long.txt' });
    expect(String(content).length).toBeLessThan(120_000);
    expect(content).toMatch(/Shown up to line (\d+) of 500001: go on with offset \d+/);
    const last = await use('Read', { file_path: 'long.txt', offset: 500_000, limit: 1 });
    expect(last.content).toBe(`500000\t${'x'.repeat(99)}`);
  });

  test('cuts a line of a megabyte', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('line.txt'), 'y'.repeat(1_000_000));
    expect((await use('Read', { file_path: 'line.txt' })).content).toMatch(
      /y… \[980,000 bytes of this line are left out\]$/,
    );
  });

  test('leaves out a byte order mark, and shows an empty file as one', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('bom.txt'), '\ufeffa');
    writeFileSync(at('empty.txt'), '');
    expect((await use('Read', { file_path: 'bom.txt' })).content).toBe('1\ta');
    expect((await use('Read', { file_path: 'empty.txt' })).content).toContain('is empty');
  });

  test('hands a picture and a PDF over as what they are, whatever their names', async () => {
    const { at, use } = toolStage();
    const png = Buffer.from('89504e470d0a1a0a00000000', 'hex');
    writeFileSync(at('p.txt'), png);
    writeFileSync(at('d.bin'), '%PDF-1.7\n\0');
    const source = { type: 'base64', media_type: 'image/png', data: png.toString('base64') };
    expect((await use('Read', { file_path: 'p.txt' })).content).toEqual([{ type: 'image', source }]);
    expect((await use('Read', { file_path: 'd.bin' })).content).toMatchObject([{ type: 'document' }]);
  });

  test.each([
    ['nothing', 'nope.txt', 'File does not exist'],
    ['a folder', '.', 'is a directory'],
    ['a binary file', 'b.bin', 'is a binary file'],
    ['a device that never ends', '/dev/zero', 'no regular file'],
    ['the environment with our keys', '/proc/self/environ', 'memory of a process'],
  ])('refuses %s', async (_what, file, why) => {
    const { at, use } = toolStage();
    writeFileSync(at('b.bin'), 'a\0b');
    const result = await use('Read', { file_path: file });
    expect(result).toMatchObject({ isError: true });
    expect(result.content).toContain(why);
  });

  test('does not wait for a pipe that nobody writes to', async () => {
    const { at, use } = toolStage();
    execFileSync('mkfifo', [at('pipe')]);
    expect((await use('Read', { file_path: 'pipe' })).content).toContain('no regular file');
  });

  test('counts relative paths from where the shell stands', async () => {
    const { at, use, folder } = toolStage();
    mkdirSync(at('sub'));
    writeFileSync(at('sub', 'a.txt'), 'x');
    folder.moveTo(at('sub'));
    expect((await use('Read', { file_path: 'a.txt' })).content).toBe('1\tx');
  });
});

describe('Write', () => {
  test('makes a file and the folders above it', async () => {
    const { at, use } = toolStage();
    const result = await use('Write', { file_path: 'new/deep/a.txt', content: 'x' });
    expect(result).toMatchObject({ isError: false, forPrograms: { type: 'create' } });
    expect(readFileSync(at('new/deep/a.txt'), 'utf8')).toBe('x');
    expect(readdirSync(at('new/deep'))).toEqual(['a.txt']);
  });

  test('does not destroy what was not read, nor what changed since', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('a.txt'), 'old');
    expect((await use('Write', { file_path: 'a.txt', content: 'x' })).content).toContain(
      'has not been read yet',
    );
    await use('Read', { file_path: 'a.txt' });
    writeFileSync(at('a.txt'), 'other');
    expect((await use('Write', { file_path: 'a.txt', content: 'x' })).content).toContain(
      'has been modified since read',
    );
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('other');
  });

  test('may follow its own writing', async () => {
    const { at, use } = toolStage();
    await use('Write', { file_path: 'a.txt', content: '1' });
    await use('Write', { file_path: 'a.txt', content: '2' });
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('2');
  });

  test('keeps the mode, a link, and another name of the file', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('run.sh'), '#!/bin/sh\n');
    chmodSync(at('run.sh'), 0o750);
    symlinkSync(at('run.sh'), at('link'));
    await use('Read', { file_path: 'link' });
    await use('Write', { file_path: 'link', content: 'new' });
    expect(statSync(at('run.sh')).mode & 0o777).toBe(0o750);
    expect(readFileSync(at('run.sh'), 'utf8')).toBe('new');
    linkSync(at('run.sh'), at('twin'));
    await use('Read', { file_path: 'run.sh' });
    await use('Write', { file_path: 'run.sh', content: 'newer' });
    expect(readFileSync(at('twin'), 'utf8')).toBe('newer');
  });

  test('refuses a folder', async () => {
    const { at, use } = toolStage();
    mkdirSync(at('sub'));
    expect((await use('Write', { file_path: 'sub', content: '' })).content).toContain('is a directory');
  });
});

describe('Edit', () => {
  async function edited(before: string | Buffer, input: Record<string, string | boolean>) {
    const { at, use } = toolStage();
    writeFileSync(at('a.txt'), before);
    await use('Read', { file_path: 'a.txt' });
    const result = await use('Edit', { file_path: 'a.txt', ...input });
    return { result, bytes: readFileSync(at('a.txt')) };
  }

  test('replaces what occurs once', async () => {
    const { bytes } = await edited('a b c', { old_string: 'b', new_string: '$& $1 €' });
    expect(bytes.toString()).toBe('a $& $1 € c');
  });

  test('quotes what is not there, and counts what is there too often', async () => {
    const none = await edited('a', { old_string: 'zz', new_string: 'y' });
    expect(none.result.content).toContain('String to replace not found in file.\nString: zz');
    const many = await edited('a a', { old_string: 'a', new_string: 'y' });
    expect(many.result.content).toContain('Found 2 matches');
    expect(many.bytes.toString()).toBe('a a');
  });

  test('replaces every occurrence where that is asked for', async () => {
    const { bytes } = await edited('a a', { old_string: 'a', new_string: 'b', replace_all: true });
    expect(bytes.toString()).toBe('b b');
  });

  test('keeps line ends, a byte order mark, bytes that are no UTF-8, and no final line feed', async () => {
    const crlf = await edited('one\r\ntwo\r\nthree', { old_string: 'one\ntwo', new_string: '1\n2' });
    expect(crlf.bytes.toString()).toBe('1\r\n2\r\nthree');
    const single = await edited('one\r\ntwo\r\n', { old_string: 'one', new_string: '1\n1' });
    expect(single.bytes.toString()).toBe('1\r\n1\r\ntwo\r\n');
    const bom = await edited('\ufeffa', { old_string: 'a', new_string: 'b' });
    expect(bom.bytes.toString()).toBe('\ufeffb');
    const latin = await edited(Buffer.from([0xe9, 0x20, 0x61]), { old_string: 'a', new_string: 'é' });
    expect([...latin.bytes]).toEqual([0xe9, 0x20, 0xc3, 0xa9]);
  });

  test('demands that the file was read, as it now is', async () => {
    const { at, use } = toolStage();
    writeFileSync(at('a.txt'), 'a');
    const input = { file_path: 'a.txt', old_string: 'a', new_string: 'b' };
    expect((await use('Edit', input)).content).toContain('has not been read yet');
    await use('Read', { file_path: 'a.txt' });
    writeFileSync(at('a.txt'), 'aa');
    expect((await use('Edit', input)).content).toContain('has been modified since read');
  });

  test('makes a new file of an empty old_string', async () => {
    const { at, use } = toolStage();
    await use('Edit', { file_path: 'n.txt', old_string: '', new_string: 'x' });
    expect(readFileSync(at('n.txt'), 'utf8')).toBe('x');
    expect((await use('Edit', { file_path: 'n.txt', old_string: '', new_string: 'y' })).content).toContain(
      'already exists',
    );
  });

  test('takes 50 MB', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const { bytes } = await edited(`${line.repeat(500_000)}end`, { old_string: 'end', new_string: 'END' });
    expect(bytes.subarray(-4).toString()).toBe('\nEND');
    expect(bytes.length).toBe(50_000_003);
  });

  test('does not touch a file that is not there, nor one that stays the same', async () => {
    const { at, use } = toolStage();
    expect((await use('Edit', { file_path: 'n', old_string: 'a', new_string: 'b' })).content).toContain(
      'does not exist',
    );
    expect((await use('Edit', { file_path: 'n', old_string: 'a', new_string: 'a' })).content).toContain(
      'No changes',
    );
    expect(existsSync(at('n'))).toBe(false);
  });
});
