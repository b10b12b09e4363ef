import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../../src/core/program.ts';
import { openSession } from '../../../../src/print/session-files/open-session.ts';
import { readSession } from '../../../../src/print/session-files/read-session.ts';
import { SessionFile } from '../../../../src/print/session-files/session-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { said } from '../fake-model.ts';

const A = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const B = '3f2504e0-4f89-41d3-9a0c-0305e82c3302';
const NOTHING = { sessionId: undefined, resume: undefined, continues: false, forks: false, persists: true };

function home(cwd = '/code/a.b_c') {
  const homeDir = temporaryFolder();
  const program = { env: {}, homeDir, cwd, random: () => 0.5 } as unknown as Program;
  const folder = path.join(homeDir, '.claude', 'projects', '-code-a-b-c');
  const keep = (id: string, text: string, secondsAgo = 0, into = folder): string => {
    mkdirSync(into, { recursive: true });
    const file = path.join(into, `${id}.jsonl`);
    writeFileSync(
      file,
      `${JSON.stringify({ type: 'user', uuid: id, message: { role: 'user', content: text } })}\n`,
    );
    const at = Date.now() / 1000 - secondsAgo;
    utimesSync(file, at, at);
    return file;
  };
  const open = (wishes: Partial<typeof NOTHING> | object) => openSession(program, { ...NOTHING, ...wishes });
  return { homeDir, folder, program, keep, open };
}

const history = (text: string) => [{ role: 'user', content: [said(text)] }];

describe('which session it is', () => {
  test('a new one, in the folder that the real program names', async () => {
    const { folder, open } = home();
    expect(await open({ sessionId: A })).toEqual({
      kind: 'opened',
      session: { sessionId: A, history: [], file: path.join(folder, `${A}.jsonl`), kept: undefined },
    });
  });

  test('one that goes on', async () => {
    const { keep, open } = home();
    const file = keep(A, 'hi');
    expect(await open({ resume: A })).toMatchObject({
      session: { sessionId: A, file, history: history('hi') },
    });
  });

  test('one of another folder', async () => {
    const { homeDir, keep, open } = home();
    const file = keep(A, 'far', 0, path.join(homeDir, '.claude', 'projects', '-elsewhere'));
    expect(await open({ resume: A })).toMatchObject({ session: { file, history: history('far') } });
  });

  test('the latest of this folder that holds anything', async () => {
    const { folder, keep, open } = home();
    keep(A, 'older', 60);
    keep(B, 'newer', 30);
    writeFileSync(path.join(folder, '3f2504e0-4f89-41d3-9a0c-0305e82c3303.jsonl'), '{"type":"other"}\n');
    writeFileSync(path.join(folder, 'notes.jsonl'), 'x');
    expect(await open({ continues: true })).toMatchObject({
      session: { sessionId: B, history: history('newer') },
    });
  });

  test('the latest where there is none is a new one', async () => {
    expect(await home().open({ continues: true })).toMatchObject({
      session: { history: [], kept: undefined },
    });
  });

  test('a fork has a name and a file of its own', async () => {
    const { folder, keep, open } = home();
    keep(A, 'hi');
    expect(await open({ resume: A, forks: true, sessionId: B })).toMatchObject({
      session: {
        sessionId: B,
        history: history('hi'),
        file: path.join(folder, `${B}.jsonl`),
        kept: undefined,
      },
    });
  });

  test('one that is not kept still goes on', async () => {
    const { keep, open } = home();
    keep(A, 'hi');
    expect(await open({ resume: A, persists: false })).toMatchObject({
      session: { history: history('hi'), file: undefined },
    });
  });
});

test.each([
  ['an unknown one', { resume: B }, `No conversation found with session ID: ${B}`],
  ['no name', { resume: '' }, expect.stringMatching(/^Error: --resume requires a valid session ID/)],
  ['a name that is none', { resume: '../x' }, expect.stringContaining('Provided value "../x" is not a UUID')],
  ['a name that is taken', { sessionId: A }, `Error: Session ID ${A} is already in use.`],
  [
    'two names',
    { resume: A, sessionId: A },
    'Error: --session-id with --continue or --resume also needs --fork-session.',
  ],
])('refused: %s', async (_name, wishes, message) => {
  const { keep, open } = home();
  keep(A, 'hi');
  expect(await open(wishes)).toMatchObject({ kind: 'refused', message });
});

describe('the file', () => {
  const deps = (file: string, warnings: string[] = []) => {
    let n = 0;
    return {
      file,
      sessionId: A,
      cwd: '/c',
      uuid: () => `u${++n}`,
      timestamp: () => 't',
      warn: (text: string) => void warnings.push(text),
    };
  };

  test('is there with the first message, for its owner alone, each line hanging on the one before', () => {
    const file = path.join(temporaryFolder(), 'projects', 'p', `${A}.jsonl`);
    using log = new SessionFile(deps(file));
    log.keep({ role: 'user', content: [said('a')] });
    log.keep({ role: 'assistant', content: [said('b')] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ uuid, parentUuid }) => [uuid, parentUuid])).toEqual([
      ['u1', null],
      ['u2', 'u1'],
    ]);
  });

  test('that ends inside a line is gone on with on a new one', () => {
    const file = path.join(temporaryFolder(), 'x.jsonl');
    const whole = `${JSON.stringify({ type: 'user', uuid: 'w', message: { role: 'user', content: 'a' } })}\n`;
    writeFileSync(file, `${whole}{"type":"ass`);
    using log = new SessionFile(deps(file), readSession(readFileSync(file, 'utf8')));
    log.keep({ role: 'user', content: [said('b')] });
    const { messages, lastUuid } = readSession(readFileSync(file, 'utf8'));
    expect(messages).toEqual([
      { role: 'user', content: [said('a'), said('b')].map((block) => ({ ...block })) },
    ]);
    expect(lastUuid).toBe('u1');
  });

  test('that cannot be written is a warning, once', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'f'), '');
    const warnings: string[] = [];
    using log = new SessionFile(deps(path.join(folder, 'f', 'x.jsonl'), warnings));
    log.keep({ role: 'user', content: [said('a')] });
    log.keep({ role: 'user', content: [said('b')] });
    expect(warnings).toEqual([expect.stringMatching(/^Warning: this session cannot be resumed later/)]);
  });
});
