/**
 * 300 agents of our own in 16 slots, on an API that takes 5 requests at once and 600 a minute. ANDWAIT_SOAK_SEED has no
 * part in it: chance here is that of the machine. ANDWAIT_SOAK_AGENTS makes it shorter.
 */
import { expect, test } from 'vitest';
import { FakeMessagesApi } from '../support/api/fake-messages-api.ts';
import { ShellProject, suiteFolder } from '../support/programs/shell-project.ts';

const AGENTS = Number(process.env['ANDWAIT_SOAK_AGENTS'] ?? '300');
const LIMITS = { atOnce: 5, perMinute: 600, retryAfterSeconds: 1 };
/** As long as a short answer of a real model takes: an agent's own start is small beside it, as it is there. */
const ANSWER_MS = 4000;
const suite = suiteFolder();

test(
  'all complete, none fails for it, and the limit is used',
  async () => {
    await using api = await FakeMessagesApi.start();
    api.limit(LIMITS);
    const script = `export const meta = { name: 'paced', description: 'd' }
const answers = await parallel(Array.from({ length: ${AGENTS} }, (_, n) => () => agent('ECHO:' + n + '\\nSLEEP:${ANSWER_MS}')))
return answers.filter((answer) => answer !== null).length
`;
    const project = new ShellProject(suite, { 'paced.js': script });
    const began = performance.now();
    const env = { ...api.env(project.cwd), ANDWAIT_SLOTS: '16' };
    const ended = await project.run(['run', 'paced.js', '--agent', 'print', '-j', '16'], { env });
    const tookMs = performance.now() - began;
    const idealMs = (AGENTS / LIMITS.atOnce) * ANSWER_MS;
    const figures = { requests: api.requests.length, limited: api.limited, rate: idealMs / tookMs };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: `${AGENTS}\n` });
    expect(figures.requests).toBeLessThanOrEqual(1.1 * AGENTS);
    expect(figures.rate).toBeGreaterThanOrEqual(0.9);
  },
  15 * 60_000,
);
