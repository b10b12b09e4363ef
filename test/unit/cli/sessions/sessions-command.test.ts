/** The whole command on session logs made by a seed. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BatchFolder } from '../../../../src/cli/sessions/batch-folder.ts';
import type { Harvest } from '../../../../src/cli/sessions/harvest.ts';
import { UserError } from '../../../../src/core/exit.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { runAndwait } from '../../../support/programs/run-in-process.ts';
import { writeSessionLogs } from '../../../support/runs/session-logs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function batched(cwd: string, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await runAndwait({ argv: ['sessions', ...argv], cwd });
  return { code, stderr, harvest: stdout === '' ? undefined : (JSON.parse(stdout) as Harvest) };
}

/** A home with one session in it for each text. */
function homeWith(
  ...sessions: readonly { readonly text: string; readonly entrypoint?: string; readonly day?: string }[]
) {
  const cwd = temporaryFolder();
  const folder = path.join(cwd, '.claude/projects/-home-user-shop');
  mkdirSync(folder, { recursive: true });
  sessions.forEach(({ text, entrypoint = 'cli', day = '01' }, n) => {
    const line = {
      type: 'user',
      uuid: text,
      entrypoint,
      timestamp: `2026-11-${day}T10:00:00.000Z`,
      message: { content: text },
    };
    writeFileSync(path.join(folder, `${n}.jsonl`), `${JSON.stringify(line)}\n`);
  });
  return { cwd, folder };
}

describe('generated logs', () => {
  test('every input and secret that was planted is found, and nothing else', async () => {
    const cwd = temporaryFolder();
    const planted = writeSessionLogs(path.join(cwd, 'logs'), { seed: 5, sessions: 40, bytes: 3e6 });
    const { code, harvest } = await batched(cwd, 'logs');
    expect(code).toBe(0);
    expect(harvest).toMatchObject({
      sessions: planted.sessions,
      inputs: planted.inputs,
      read: { files: 40, bytes: planted.bytes },
      dropped: { badLines: planted.tornLines, inputsLeftOut: 0, withoutInput: 0 },
      redacted: { 'API key': planted.secrets },
    });
    expect(planted).toMatchObject({ tornLines: 2 });
    expect(planted.secrets).toBeGreaterThan(0);
  });

  test('batches number the sessions without a gap, are small enough to read, and come out the same again', async () => {
    const cwd = temporaryFolder();
    writeSessionLogs(path.join(cwd, 'logs'), { seed: 6, sessions: 30, bytes: 12e6 });
    const { harvest } = await batched(cwd, 'logs');
    const batches = harvest?.batches ?? [];
    expect(batches.length).toBeGreaterThan(1);
    batches.forEach(({ file, first, last, bytes }, n) => {
      expect(first).toBe((batches[n - 1]?.last ?? 0) + 1);
      const text = readFileSync(file, 'utf8');
      expect(Buffer.byteLength(text)).toBe(bytes);
      expect(bytes).toBeLessThanOrEqual(60_000);
      expect(text.match(/^## Session \d+$/gm)).toHaveLength(last - first + 1);
      expect(text.split('\n').length).toBeLessThan(2000);
      expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(2000);
    });
    const again = await batched(cwd, 'logs');
    expect(again.harvest).toEqual(harvest);
    // Another place of the same files changes nothing but the paths.
    const copied = await batched(cwd, 'logs', '--out', 'elsewhere');
    expect(copied.harvest?.batches.map(({ digest }) => digest)).toEqual(batches.map(({ digest }) => digest));
  });
});

describe('which sessions', () => {
  test('those of people in the home folder, unless others are asked for', async () => {
    const { cwd } = homeWith({ text: 'mine' }, { text: 'of a script', entrypoint: 'sdk-cli' });
    const { harvest, stderr } = await batched(cwd);
    expect(harvest).toMatchObject({ sessions: 1, dropped: { headless: 1 } });
    expect(stderr).toContain('not in them: 1 were of programs');
    expect((await batched(cwd, '--headless')).harvest).toMatchObject({
      sessions: 2,
      dropped: { headless: 0 },
    });
  });

  test('those that went on since a date or for an age, by the file and by what it says', async () => {
    const { cwd, folder } = homeWith(
      { text: 'old', day: '01' },
      { text: 'new', day: '20' },
      { text: 'untouched', day: '20' },
    );
    const lastYear = new Date('2025-01-01');
    utimesSync(path.join(folder, '2.jsonl'), lastYear, lastYear);
    const dated = await batched(cwd, '--since', '2026-11-10');
    expect(dated.harvest).toMatchObject({ sessions: 1, from: '2026-11-20', dropped: { older: 2 } });
    const clock = new ManualClock();
    clock.advance(Date.parse('2026-11-21T00:00:00Z') - clock.now());
    const aged = await runAndwait({ argv: ['sessions', '--since', '3d'], cwd, clock });
    expect(JSON.parse(aged.stdout)).toMatchObject({ sessions: 1 });
  });

  test('a session that another one holds as its beginning is not told twice', async () => {
    const { cwd, folder } = homeWith({ text: 'a', day: '02' }, { text: 'a', day: '01' });
    writeFileSync(path.join(folder, '2.jsonl'), '{"type":"mode"}\n');
    const { harvest } = await batched(cwd);
    expect(harvest).toMatchObject({
      sessions: 1,
      dropped: { copies: 1, inputsRepeated: 1, withoutInput: 1 },
    });
  });
});

describe('the folder of the batches', () => {
  test('is private, ignored by git, and emptied of earlier batches', async () => {
    const { cwd } = homeWith({ text: 'a' });
    await batched(cwd);
    const out = path.join(cwd, 'session-batches');
    writeFileSync(path.join(out, 'batch-002.md'), 'of before');
    expect((await batched(cwd)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['.gitignore', 'batch-001.md']);
    expect(lstatSync(out).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(out)) expect(lstatSync(path.join(out, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(out, '.gitignore'), 'utf8')).toBe('*\n');
  });

  test.each(['.', 'mine'])('is never one that holds anything else: %s', async (out) => {
    const { cwd } = homeWith({ text: 'a' });
    const dir = path.join(cwd, out);
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, '.gitignore'), 'node_modules\n');
    const { code, stderr } = await batched(cwd, '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain('which is no batch of ours; name a folder that is new or empty');
    expect(readFileSync(path.join(dir, '.gitignore'), 'utf8')).toBe('node_modules\n');
  });

  test('is no link to somewhere else, and a link in it is not written through', async () => {
    const { cwd } = homeWith({ text: 'a' });
    const elsewhere = path.join(cwd, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, path.join(cwd, 'linked'));
    expect(await batched(cwd, '--out', 'linked')).toMatchObject({ code: 2, harvest: undefined });
    mkdirSync(path.join(cwd, 'out'));
    writeFileSync(path.join(cwd, 'out/.gitignore'), '*\n');
    writeFileSync(path.join(elsewhere, 'precious'), 'x');
    symlinkSync(path.join(elsewhere, 'precious'), path.join(cwd, 'out/batch-001.md'));
    expect((await batched(cwd, '--out', 'out')).code).toBe(0);
    expect(readFileSync(path.join(elsewhere, 'precious'), 'utf8')).toBe('x');
  });

  test('is not emptied of what is only called as a batch is: without our mark it is a person’s', async () => {
    const { cwd } = homeWith({ text: 'a' });
    mkdirSync(path.join(cwd, 'mine'));
    writeFileSync(path.join(cwd, 'mine/batch-001.md'), 'my notes');
    expect(await batched(cwd, '--out', 'mine')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"batch-001.md", which is no batch of ours') as string,
    });
    expect(readFileSync(path.join(cwd, 'mine/batch-001.md'), 'utf8')).toBe('my notes');
  });

  test('into which another one writes meanwhile is told of', () => {
    const dir = path.join(temporaryFolder(), 'out');
    const folder = BatchFolder.open(dir, 1000, process.getuid?.() ?? 0);
    const other = BatchFolder.open(dir, 1000, process.getuid?.() ?? 0);
    other.add('x', 1);
    other.flush();
    folder.add('y', 1);
    expect(() => folder.flush()).toThrow(UserError);
  });
});

test('a session of before 1970 is not older than nothing', async () => {
  const { cwd, folder } = homeWith({ text: 'a' });
  const line = { type: 'user', timestamp: '1960-01-01T00:00:00.000Z', message: { content: 'b' } };
  writeFileSync(path.join(folder, 'old.jsonl'), `${JSON.stringify(line)}\n`);
  const { harvest } = await batched(cwd);
  expect(harvest).toMatchObject({ sessions: 2, dropped: { older: 0 } });
});

describe('nothing to hand on is refused, with the reason', () => {
  test.each([
    [['nowhere'], '"nowhere" cannot be read (ENOENT): expected a folder of session logs'],
    [['empty'], 'no session log in'],
    [['--since', 'yesterday'], '--since "yesterday": expected minutes, hours, days or weeks'],
    [[], 'of 1 files read, 1 were of programs; --headless takes those of programs'],
  ])('%j', async (argv, message) => {
    const { cwd } = homeWith({ text: 'a', entrypoint: 'sdk-ts' });
    mkdirSync(path.join(cwd, 'empty'));
    const { code, harvest, stderr } = await batched(cwd, ...argv);
    expect({ code, harvest }).toEqual({ code: 2, harvest: undefined });
    expect(stderr).toContain(message.replace('"nowhere"', JSON.stringify(path.join(cwd, 'nowhere'))));
  });
});
