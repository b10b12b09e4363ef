import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type SignalProcess, sessionProcess } from '../../../../src/journal/claude-run/session-process.ts';
import { claudeProject } from '../../../support/runs/claude-project.ts';

const PID = 4_194_303;

function failing(code: string): SignalProcess {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

const LIVES: SignalProcess = () => undefined;

async function found(note: object | string, signal: SignalProcess): Promise<number | undefined> {
  const project = claudeProject('cut-off');
  const notes = path.join(project.configDir, 'sessions');
  mkdirSync(notes);
  writeFileSync(path.join(notes, `${PID}.key`), 'secret');
  const text = typeof note === 'string' ? note : JSON.stringify({ sessionId: project.sessionId, ...note });
  writeFileSync(path.join(notes, `${PID}.json`), text);
  return await sessionProcess(project, signal);
}

test.each<[string, object | string, SignalProcess, number | undefined]>([
  ['it lives', { pid: PID }, LIVES, PID],
  ['it lives, and is another user’s', { pid: PID }, failing('EPERM'), PID],
  ['it is gone', { pid: PID }, failing('ESRCH'), undefined],
  ['another session', { pid: PID, sessionId: 'other' }, LIVES, undefined],
  ['a note that is no JSON', '{', LIVES, undefined],
  ['a pid that would mean a group of processes', { pid: -1 }, LIVES, undefined],
  ['a pid that would mean ourselves', { pid: 0 }, LIVES, undefined],
])('%s', async (_title, note, signal, expected) => {
  expect(await found(note, signal)).toBe(expected);
});

test.runIf(process.platform === 'linux')('a pid that was given out again is another process', async () => {
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ') ?? [];
  const started = fields[19] ?? '';
  expect(await found({ pid: process.pid, procStart: started }, LIVES)).toBe(process.pid);
  expect(await found({ pid: process.pid, procStart: `${started}1` }, LIVES)).toBeUndefined();
});

test('no notes at all', async () => {
  expect(await sessionProcess(claudeProject('cut-off'), LIVES)).toBeUndefined();
});
