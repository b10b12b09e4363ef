/** The journal against a bare group commit and a sync per record; a resume with nothing to do; memory of a large run. */
import { chmodSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { bundled } from './bundle.mjs';
import { inTurn, median, peakMemoryMb, ratio, row, timed } from './measure.mjs';

const RECORDS = 6000;
const PRODUCERS = 16;
const RECORD = { type: 'log', text: 'x'.repeat(2000), at: 0 };

/** Each producer hands over its next record when the one before is on the disk. */
async function produce(commit) {
  const waits = [];
  const began = performance.now();
  const producer = async () => {
    for (let n = 0; n < RECORDS / PRODUCERS; n += 1) {
      const asked = performance.now();
      await commit();
      waits.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, producer));
  return { perSecond: (RECORDS / (performance.now() - began)) * 1000, p50Ms: median(waits) };
}

async function bareGroupCommit(file) {
  const handle = await open(file, 'a');
  let lines = [];
  let waiters = [];
  let busy = false;
  const drain = async () => {
    busy = true;
    await undefined;
    while (lines.length > 0) {
      const [text, done] = [lines.join(''), waiters];
      lines = [];
      waiters = [];
      await handle.write(text);
      await handle.datasync();
      for (const resolve of done) resolve();
    }
    busy = false;
  };
  const figures = await produce(
    () =>
      new Promise((resolve) => {
        lines.push(`${JSON.stringify(RECORD)}\n`);
        waiters.push(resolve);
        if (!busy) void drain();
      }),
  );
  await handle.close();
  return figures;
}

async function syncPerRecord(file) {
  const handle = await open(file, 'a');
  let last = Promise.resolve();
  const figures = await produce(() => {
    last = last.then(async () => {
      await handle.write(`${JSON.stringify(RECORD)}\n`);
      await handle.datasync();
    });
    return last;
  });
  await handle.close();
  return figures;
}

async function ours(file, JournalWriter) {
  const writer = await JournalWriter.open(file);
  const figures = await produce(() => writer.commit(RECORD));
  await writer.close();
  return figures;
}

export async function benchJournal(dir, andwait) {
  const { JournalWriter } = await bundled('src/journal/journal-writer.ts', dir);
  const figures = { bare: [], each: [], ours: [] };
  for (let round = 0; round < 5; round += 1) {
    figures.bare.push(await bareGroupCommit(path.join(dir, `bare-${round}`)));
    figures.each.push(await syncPerRecord(path.join(dir, `each-${round}`)));
    figures.ours.push(await ours(path.join(dir, `ours-${round}`), JournalWriter));
  }
  const rate = (name) => median(figures[name].map(({ perSecond }) => perSecond));
  row('journal records a second, to a bare group commit', ratio(rate('ours'), rate('bare')), 'aim 0.8');
  row(
    '  the same, to a sync per record',
    ratio(rate('ours'), rate('each')),
    `${rate('ours').toFixed(0)} a second`,
  );
  const p50 = median(figures.ours.map(({ p50Ms }) => p50Ms));
  row(`  added to a call, p50, ${PRODUCERS} at once`, `${p50.toFixed(2)} ms`, 'aim 5 ms');
  await benchResume(dir, andwait);
}

const CALLS = 1000;
const ANSWER_BYTES = 10_000;

/** 1,000 agents with answers of 10 KB, then a resume that finds all of them in the journal. */
async function benchResume(dir, andwait) {
  const script = path.join(dir, 'large.mjs');
  writeFileSync(
    script,
    `export const meta = { name: 'large', description: 'large answers' }
return (await parallel(Array.from({ length: ${CALLS} }, (_, n) => () => agent('item ' + n)))).filter(Boolean).length
`,
  );
  const agent = path.join(dir, 'bin', 'claude');
  const result = { type: 'result', subtype: 'success', is_error: false, result: 'y'.repeat(ANSWER_BYTES) };
  writeFileSync(agent, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(result)}\nEND\n`);
  chmodSync(agent, 0o755);
  const env = {
    ...process.env,
    PATH: `${path.join(dir, 'bin')}:${process.env.PATH}`,
    ANDWAIT_HOME: path.join(dir, 'large'),
  };
  const run = [andwait, 'run', script, '--agent', 'claude', '--concurrency', '8', '--quiet'];
  const memory = await peakMemoryMb(process.execPath, run, { env });
  row(`memory, ${CALLS} calls with answers of 10 KB`, `${memory.toFixed(0)} MB`, 'aim 150 MB');
  const { resume } = await inTurn(5, {
    resume: () => timed(process.execPath, [andwait, 'resume', '--last', '--quiet'], { env }),
  });
  row(`resume of a finished run of ${CALLS} calls`, `${resume.wallMs.toFixed(0)} ms`, 'aim 1000 ms');
}
