/** The helper on logs that are larger than it may be: what it holds at once is a line. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ANDWAIT } from '../../support/programs/shell-project.ts';
import { writeSessionLogs } from '../../support/runs/session-logs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** The kernel's own figure, in KB, as the process ends. */
const SAY_PEAK =
  'data:text/javascript,process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}`))';

test('a line of 50 MB among 10 MB of others is got over, in less than 300 MB', async () => {
  const cwd = temporaryFolder();
  const planted = writeSessionLogs(path.join(cwd, 'logs'), {
    seed: 9,
    sessions: 20,
    bytes: 10e6,
    giantLineBytes: 50e6,
  });
  const child = spawn(process.execPath, ['--import', SAY_PEAK, ANDWAIT, 'sessions', 'logs'], { cwd });
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  expect(JSON.parse(stdout)).toMatchObject({
    sessions: 20,
    inputs: planted.inputs,
    read: { bytes: planted.bytes },
    dropped: { badLines: planted.tornLines, tooLongLines: 0 },
  });
  expect(planted.bytes).toBeGreaterThan(60e6);
  const peakKb = Number(/peak (\d+)/.exec(stderr)?.[1]);
  expect(peakKb).toBeLessThan(300_000);
  expect(readFileSync(path.join(cwd, 'session-batches/batch-001.md'), 'utf8')).toContain('## Session 1\n');
});

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
