/** The whole transcript of an agent on another host, from two state folders and a queue in memory. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { withWhole } from '../../../../src/cli/reading/whole-transcript.ts';
import { OwnTranscripts } from '../../../../src/launch/worker/own-transcripts.ts';
import { keyOf } from '../../../../src/pool/content-hash.ts';
import { FakeServer } from '../../../support/queue/fake-engine.ts';
import { RecordedRunFiles, RUN_ID, started } from '../../../support/runs/recorded-run.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const host = (name: string, more: object = {}) => ({
  type: 'andwait/host',
  host: name,
  token: 'token',
  place: { state: name, runId: RUN_ID, call: 7 },
  ...more,
});
const gap = (bytes: number | null) => ({ type: 'andwait/gap', bytes });
const says = (text: string) => ({ type: 'assistant', text });
const PROMPT = { type: 'andwait/call', prompt: 'p' };

function stage(...here: readonly object[]) {
  const server = new FakeServer();
  const client = new RecordedRunFiles(temporaryFolder());
  for (const line of here) client.says(1, line);
  const file = client.folder.transcriptFile(1);
  const linesOf = (name: string): unknown[] =>
    readFileSync(name, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return {
    file,
    lines: () => linesOf(file),
    files: () => readdirSync(path.dirname(file)),
    worker: (name: string, ...there: readonly object[]) => {
      const dir = temporaryFolder();
      const run = new RecordedRunFiles(dir, { kind: 'worker' });
      run.record(started(7, { key: keyOf('token', 1) }));
      for (const line of [{ type: 'andwait/call', prompt: 'there' }, ...there]) run.says(7, line);
      server.connect().questions.answer(name, new OwnTranscripts(dir, name).answer);
    },
    logs: async ({ isOver = true, isReachable = true } = {}) => {
      let stderr = '';
      let shown: unknown[] = [];
      const out = new Writable({
        write: (chunk, _encoding, done) => {
          stderr += chunk;
          done();
        },
      });
      const open = isReachable ? async () => server.connect() : undefined;
      await withWhole({ file, call: 1, isOver, open }, { pid: 7, stderr: out }, async (name) => {
        shown = linesOf(name);
        return 0;
      });
      return { stderr, shown };
    },
  };
}

test('is fetched once, kept in place of the tail, and then local', async () => {
  const { worker, logs, lines, files } = stage(PROMPT, host('alpha'), gap(40), says('tail'));
  worker('alpha', says('a'), host('spoofed'), says('tail'));
  const whole = [PROMPT, host('alpha', { whole: true }), says('a'), says('tail')];
  expect(await logs()).toEqual({ stderr: '', shown: whole });
  expect(lines()).toEqual(whole);
  expect(files()).toEqual(['1.ndjson']);
  expect(await logs({ isReachable: false })).toEqual({ stderr: '', shown: whole });
});

test('of a host that is gone the tail stays, with word of what is missing and where it lies', async () => {
  const here = [PROMPT, host('alpha'), says('a'), gap(40), says('tail'), gap(2)];
  const { logs, lines } = stage(...here);
  const { stderr, shown } = await logs();
  expect(shown).toEqual(here);
  expect(lines()).toEqual(here);
  expect(stderr).toBe(
    `andwait: the transcript of call 1 is not whole: 42 bytes of it may be read on alpha alone, by: andwait logs ${RUN_ID} 7; no worker of alpha answers\n`,
  );
});

test('without the queue it is said what would help', async () => {
  const { logs } = stage(PROMPT, host('alpha'), gap(null));
  expect((await logs({ isReachable: false })).stderr).toContain(
    'some of it may be read on alpha alone, by: andwait logs 20261122-164142-s5vj 7; that host is asked through the queue: give --queue, or set ANDWAIT_QUEUE',
  );
});

test('each host is asked for its own, and told once', async () => {
  const parts = [host('alpha'), gap(null), host('beta'), says('b'), gap(null), host('alpha'), gap(9)];
  const { worker, logs } = stage(PROMPT, ...parts);
  worker('alpha', says('a'));
  const { stderr, shown } = await logs();
  const alpha = [host('alpha', { whole: true }), says('a')];
  expect(shown).toEqual([PROMPT, ...alpha, host('beta'), says('b'), gap(null)]);
  expect(stderr).toContain('no worker of beta answers');
});

test('while it runs what is there so far is shown, and nothing kept', async () => {
  const here = [PROMPT, host('alpha'), gap(40), says('tail')];
  const { worker, logs, lines, files } = stage(...here);
  worker('alpha', says('a'), says('tail'));
  const { shown } = await logs({ isOver: false });
  expect(shown).toEqual([PROMPT, host('alpha', { whole: true }), says('a'), says('tail')]);
  expect(lines()).toEqual(here);
  expect(files()).toEqual(['1.ndjson']);
});

test('a whole one is nobody asked for', async () => {
  const { logs } = stage(PROMPT, host('alpha'), says('a'));
  expect((await logs({ isReachable: false })).stderr).toBe('');
});
