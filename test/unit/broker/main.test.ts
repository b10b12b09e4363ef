import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { brokerMain } from '../../../src/broker/main.ts';
import { poolPlace } from '../../../src/broker/pool-place.ts';
import type { Program } from '../../../src/core/program.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function programIn(home: string): Program {
  const program: Pick<
    Program,
    'env' | 'clock' | 'random' | 'uid' | 'pid' | 'cores' | 'homeDir' | 'onSignal' | 'kill'
  > = {
    env: { ANDWAIT_HOME: home },
    clock: new ManualClock(),
    random: Math.random,
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    cores: 2,
    homeDir: home,
    onSignal: () => () => {},
    kill: () => {},
  };
  return program as Program;
}

test('what nobody caught ends it: a line in its log for whoever looks, and a status that says so', async () => {
  const home = temporaryFolder();
  const code = await brokerMain(programIn(home), (fatal) => fatal(new Error('something impossible')));
  expect(code).toBe(70);
  const log = path.join(home, 'pool/broker.log');
  expect(readFileSync(log, 'utf8')).toContain('something impossible');
  expect(statSync(log).mode & 0o777).toBe(0o600);
});

test('a broker that finds another one alive has nothing to do', async () => {
  const home = temporaryFolder();
  let end: (error: Error) => void = () => {};
  const isUp = new Promise<void>((resolve) => {
    void brokerMain(programIn(home), (fatal) => {
      end = fatal;
      resolve();
    });
  });
  await isUp;
  expect(await brokerMain(programIn(home), () => {})).toBe(0);
  end(new Error('enough'));
});

test('serves although pipes stand where its files were', async () => {
  const home = temporaryFolder();
  const { dir, heldFile, ...files } = poolPlace(programIn(home));
  mkdirSync(dir, { mode: 0o700 });
  const { tokenFile, socketNoteFile, settingsFile, logFile } = files;
  const pipes = [tokenFile, socketNoteFile, settingsFile, logFile, heldFile, `${heldFile}.new`];
  execFileSync('mkfifo', pipes);
  const code = await brokerMain(programIn(home), (fatal) => fatal(new Error('enough')));
  expect(code).toBe(70);
  expect(statSync(heldFile).isFile()).toBe(true);
});
