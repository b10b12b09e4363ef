/** An agent that hung is asked once more, and goes on with its session: our own print mode, and the real program where a test has it. */
import { expect, test } from 'vitest';
import { ProcessBackend } from '../../../src/agent/process/process-backend.ts';
import type { AgentProgram } from '../../../src/agent/program/agent-program.ts';
import { ANDWAIT_TEST_CLAUDE } from '../../contract/agent/programs.ts';
import { ONLY_THE_MODEL } from '../../contract/agent/real-program.ts';
import { RecordingWatch } from '../../support/agents/agent-run.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { agentCall } from '../../support/calls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const REAL = process.env[ANDWAIT_TEST_CLAUDE];
const PROGRAMS: readonly AgentProgram[] = [
  { kind: 'print', path: process.execPath, prefixArgs: [`${DIST}/andwait-print.js`], version: undefined },
  ...(REAL === undefined
    ? []
    : [{ kind: 'claude', path: REAL, prefixArgs: [], version: undefined } as const]),
];
const IDLE_MS = 3_600_000;
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };

class GoingOn extends RecordingWatch {
  readonly session: string | undefined;
  constructor(session: string | undefined) {
    super();
    this.session = session;
  }
}

test.each(PROGRAMS)('$kind', async (program) => {
  await using api = await FakeMessagesApi.start();
  const [home, cwd] = [temporaryFolder(), temporaryFolder()];
  const clock = new ManualClock();
  const transcript = { write: () => {}, close: async () => {} };
  const backend = new ProcessBackend({
    program,
    cwd,
    env: {
      PATH: process.env['PATH'],
      ...api.env(home),
      ...ONLY_THE_MODEL,
    },
    runId: 'run-1',
    openTranscript: () => transcript,
    clock,
    kill: (pid, signal) => void process.kill(pid, signal),
    self: { uid: process.getuid?.() ?? 0, pid: process.pid },
    limits: { idleMs: IDLE_MS },
  });
  const call = agentCall({ prompt: 'Do the work.', schema: SCHEMA });
  const never = new AbortController().signal;
  api.queue(reply().tool('Bash', { command: 'echo once', description: 'x' }));
  api.hold();
  const hung = backend.run(call, new GoingOn(undefined), never);
  await api.request(2);
  clock.advance(IDLE_MS);
  const first = await clock.runUntil(hung, 60_000);
  expect(first).toMatchObject({ kind: 'failure', reason: 'idle', sessionId: expect.any(String) });
  const asked = api.requests.length;
  const going = backend.run(call, new GoingOn(first.sessionId), never);
  const next = await api.request(asked + 1);
  const said = JSON.stringify(next.messages);
  expect(said).toMatch(/Do the work\..*echo once.*Go on with the task/s);
  next.answer(reply().tool('StructuredOutput', { a: 'x' }).usage({ input_tokens: 10, output_tokens: 20 }));
  const last = await Promise.race([api.request(asked + 2), going]);
  if ('answer' in last) last.answer(reply().text('done').usage({ input_tokens: 10, output_tokens: 0 }));
  // What the first try used is not in it a second time.
  expect(await clock.runUntil(going, 60_000)).toMatchObject({
    kind: 'reply',
    structured: { a: 'x' },
    usage: { outputTokens: 20 },
    sessionId: first.sessionId,
  });
});
