/** What an agent leaves behind: nothing of its group lives when the outcome is there, and nothing makes it wait for ever. */
import { expect, test, vi } from 'vitest';
import { ChildOutput } from '../../../src/agent/process/child-output.ts';
import { DEFAULT_AGENT_LIMITS } from '../../../src/agent/program/agent-settings.ts';
import { isRunning, RESULT, runAgent } from '../../support/agents/agent-run.ts';

const { drainMs, killMs } = DEFAULT_AGENT_LIMITS;
/** Longer than these tests let any timer run: what ends the agent here is its own exit. */
const limits = { graceMs: 3_600_000 };

test('a grandchild that holds the pipe open does not hold the outcome', async () => {
  const { agent, clock, ended } = await runAgent({ limits });
  const grandchild = await agent.starts({ stdio: 'inherit' });
  await agent.says(RESULT);
  agent.exits(0);
  await clock.timerSet(drainMs);
  expect(isRunning(grandchild)).toBe(true);
  expect(await ended()).toMatchObject({ kind: 'reply', text: 'done' });
  expect(isRunning(grandchild)).toBe(false);
});

test('a grandchild without our pipes is ended, too', async () => {
  const { agent, ended } = await runAgent({ limits });
  const grandchild = await agent.starts({ stdio: 'ignore' });
  await agent.says(RESULT);
  agent.exits(0);
  expect(await ended()).toMatchObject({ kind: 'reply', text: 'done' });
  expect(isRunning(grandchild)).toBe(false);
});

test('one that ignores SIGTERM is killed', async () => {
  const { agent, clock, ended } = await runAgent({ limits });
  const grandchild = await agent.starts({ stdio: 'ignore', ignoresTerm: true });
  await agent.says(RESULT);
  agent.exits(0);
  expect(await ended()).toMatchObject({ kind: 'reply', text: 'done' });
  expect(isRunning(grandchild)).toBe(false);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(killMs);
});

test('a stop reaches the whole group', async () => {
  const { agent, stop, ended } = await runAgent({ limits });
  const grandchild = await agent.starts({ stdio: 'inherit' });
  stop();
  expect(await ended()).toMatchObject({ kind: 'failure', reason: 'stopped' });
  expect(isRunning(agent.report.pid)).toBe(false);
  expect(isRunning(grandchild)).toBe(false);
});

test('what went into a group of its own is not ours to end, nor to wait for', async () => {
  const abandon = vi.spyOn(ChildOutput.prototype, 'abandon');
  const { agent, ended } = await runAgent({ limits });
  const daemon = await agent.starts({ stdio: 'inherit', ownGroup: true });
  try {
    // No line feed, and a pipe that never closes: the last line is read all the same.
    await agent.says(JSON.stringify(RESULT));
    agent.exits(0);
    expect(await ended()).toMatchObject({ kind: 'reply', text: 'done' });
    expect(isRunning(daemon)).toBe(true);
    // Else each such agent would cost us two descriptors for as long as its daemon lives.
    expect(abandon).toHaveBeenCalledOnce();
  } finally {
    abandon.mockRestore();
    process.kill(daemon, 'SIGKILL');
  }
});

test.runIf(process.platform === 'linux').each([
  ['is told to stop', undefined],
  ['hangs in a tool for too long', 60_000],
])('an agent that %s, deaf: nothing that it put into groups of its own is left', async (_how, timeoutMs) => {
  const leaseId = `test-${process.pid}-${Math.random()}`;
  const timed = timeoutMs === undefined ? limits : { ...limits, timeoutMs };
  const { agent, clock, stop, ended } = await runAgent({ limits: timed, leaseId });
  const { received } = await agent.ignores('SIGTERM');
  const [deaf, other] = [
    await agent.starts({ stdio: 'inherit', ownGroup: true, ignoresTerm: true }),
    await agent.starts({ stdio: 'ignore', ownGroup: true }),
  ];
  if (timeoutMs === undefined) stop();
  else clock.advance(timeoutMs);
  await received;
  expect(await ended()).toMatchObject({ reason: timeoutMs === undefined ? 'stopped' : 'timeout' });
  expect([agent.report.pid, deaf, other].filter(isRunning)).toEqual([]);
});

test('what is still in the pipe when the agent exits is read', async () => {
  const { agent, ended } = await runAgent({ limits });
  await agent.starts({ stdio: 'inherit' });
  await agent.saysFilled('{"type":"result","is_error":false,"result":"', 'x', 5_000_000, '"}');
  agent.exits(0);
  const reply = await ended();
  expect(reply.kind).toBe('reply');
  expect(reply.text).toHaveLength(5_000_000);
});
