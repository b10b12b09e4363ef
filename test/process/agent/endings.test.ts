/** Agents that do not end by themselves, or not as they should: who is signalled, when, and what it amounts to. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_AGENT_LIMITS } from '../../../src/agent/program/agent-settings.ts';
import { INIT, isRunning, RESULT, runAgent } from '../../support/agents/agent-run.ts';

const { graceMs, killMs, moreWorkMs } = DEFAULT_AGENT_LIMITS;

describe('an agent that lives on after its result', () => {
  test('is ended after the grace period, and its answer counts', async () => {
    const { agent, clock, outcome } = await runAgent();
    const { received } = await agent.ignores('SIGTERM');
    await agent.says(RESULT);
    await clock.timerSet(graceMs);
    clock.advance(graceMs);
    await received;
    clock.advance(killMs);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
    expect(isRunning(agent.report.pid)).toBe(false);
  });

  test('is left alone until then', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says(RESULT);
    await clock.timerSet(graceMs);
    clock.advance(graceMs - 1);
    await agent.says({ ...RESULT, result: 'still here' });
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'still here' });
  });

  test('gets the whole period anew with each event', async () => {
    const { agent, clock, watch, outcome } = await runAgent();
    await agent.says(RESULT);
    await watch.heard(1);
    clock.advance(graceMs - 1);
    await agent.says({ type: 'anything' });
    await agent.says({ ...RESULT, result: 'later' });
    await watch.heard(3);
    const { received } = await agent.ignores('SIGTERM');
    clock.advance(graceMs - 1);
    expect(clock.pending).toEqual([graceMs]);
    clock.advance(1);
    await received;
    clock.advance(killMs);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'later' });
  });

  test('a failed result stays one when the grace period ends it', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says({ ...RESULT, is_error: true, subtype: 'error_max_turns', errors: ['3 turns'] });
    await clock.timerSet(graceMs);
    clock.advance(graceMs);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'max-turns' });
  });

  test('may wait for its own background commands, and answer again', async () => {
    const { agent, clock, watch, outcome } = await runAgent();
    const tasks = (list: readonly object[]) =>
      agent.says({ type: 'system', subtype: 'background_tasks_changed', tasks: list });
    await tasks([{ task_id: 'b1' }]);
    await agent.says({ ...RESULT, result: 'the build runs' });
    await watch.heard(2);
    expect(clock.pending).toEqual([moreWorkMs]);
    clock.advance(graceMs * 20);
    await tasks([]);
    await agent.says(INIT);
    await watch.heard(4);
    expect(clock.pending).toEqual([moreWorkMs]);
    clock.advance(graceMs * 20);
    await agent.says({ ...RESULT, result: 'the build is done' });
    await watch.heard(5);
    expect(clock.pending).toEqual([graceMs]);
    agent.exits(0);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'the build is done' });
  });

  test('but not for ever', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says({ type: 'system', subtype: 'background_tasks_changed', tasks: [{ task_id: 'b1' }] });
    await agent.says({ ...RESULT, result: 'the server runs' });
    await clock.timerSet(moreWorkMs);
    clock.advance(moreWorkMs);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'the server runs' });
  });
});

describe('an agent that closes its output', () => {
  test('with a result, and lives on', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says(RESULT);
    await agent.closesStdout();
    await clock.timerSet(graceMs);
    clock.advance(graceMs);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });

  test('without a result, and lives on', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says(INIT);
    await agent.closesStdout();
    await clock.timerSet(graceMs);
    clock.advance(graceMs);
    const failure = await outcome;
    expect(failure).toMatchObject({ kind: 'failure', reason: 'no-result' });
    expect((failure as { message: string }).message).toContain('closed its output');
    expect(isRunning(agent.report.pid)).toBe(false);
  });

  test('with a last line that has no line feed', async () => {
    const { agent, clock, outcome } = await runAgent();
    await agent.says(JSON.stringify(RESULT));
    await agent.closesStdout();
    await clock.timerSet(graceMs);
    clock.advance(graceMs);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });
});

describe('a stop', () => {
  test('finds an answer complete whose last line feed is missing, once the output is closed', async () => {
    const { agent, clock, watch, stop, outcome } = await runAgent();
    await agent.says(JSON.stringify(RESULT));
    await agent.closesStdout();
    await watch.heard(1);
    expect(clock.pending).toEqual([graceMs]);
    stop();
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });

  test('before the first event', async () => {
    const { agent, stop, outcome } = await runAgent();
    stop();
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
    expect(isRunning(agent.report.pid)).toBe(false);
  });

  test('of an agent that ignores SIGTERM', async () => {
    const { agent, clock, stop, outcome } = await runAgent();
    const { received } = await agent.ignores('SIGTERM');
    await agent.says({ type: 'assistant', message: { content: [{ type: 'text', text: 'half way' }] } });
    stop();
    await received;
    expect(isRunning(agent.report.pid)).toBe(true);
    expect(clock.pending).toEqual([killMs]);
    clock.advance(killMs);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
    expect(isRunning(agent.report.pid)).toBe(false);
  });

  test('whatever exit status the agent makes of it', async () => {
    const { agent, stop, outcome } = await runAgent();
    const { received } = await agent.ignores('SIGTERM');
    stop();
    await received;
    agent.exits(143);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped' });
  });

  test('does not undo an answer that was complete', async () => {
    const { agent, clock, stop, outcome } = await runAgent();
    await agent.says(RESULT);
    await clock.timerSet(graceMs);
    stop();
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });

  test('takes effect between two answers', async () => {
    const { agent, clock, stop, outcome } = await runAgent();
    await agent.says({ type: 'system', subtype: 'background_tasks_changed', tasks: [{ task_id: 'b1' }] });
    await agent.says(RESULT);
    await clock.timerSet(moreWorkMs);
    stop();
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'stopped', text: 'done', costUsd: 0.5 });
  });
});

describe('a time limit', () => {
  const limits = { timeoutMs: 60_000 };

  test('ends an agent that hangs before its first event', async () => {
    const { agent, clock, outcome } = await runAgent({ limits });
    clock.advance(60_000);
    const failure = await outcome;
    expect(failure).toMatchObject({ kind: 'failure', reason: 'timeout' });
    expect((failure as { message: string }).message).toContain('60 s');
    expect(isRunning(agent.report.pid)).toBe(false);
  });

  test('is for the whole call, however busy it is', async () => {
    const { agent, clock, watch, outcome } = await runAgent({ limits });
    clock.advance(59_999);
    await agent.says(INIT);
    expect(watch.pids.every(isRunning)).toBe(true);
    clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });

  test('comes first: a stop after it changes nothing', async () => {
    const { agent, clock, stop, outcome } = await runAgent({ limits });
    const { received } = await agent.ignores('SIGTERM');
    clock.advance(60_000);
    await received;
    stop();
    clock.advance(killMs);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });
});

describe('a limit of silence', () => {
  const limits = { idleMs: 60_000 };
  const uses = { type: 'assistant', message: { content: [{ type: 'tool_use', id: 't1', name: 'Bash' }] } };
  const returns = { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't1' }] } };

  test.each(['before its first event', 'in the middle of its stream'])(
    'ends an agent that hangs %s, also one that ignores SIGTERM',
    async (when) => {
      const { agent, clock, watch, outcome } = await runAgent({ limits });
      const { received } = await agent.ignores('SIGTERM');
      if (when.startsWith('in')) {
        clock.advance(59_999);
        await agent.says(INIT);
        await watch.heard(1);
      }
      clock.advance(60_000);
      await received;
      expect(isRunning(agent.report.pid)).toBe(true);
      clock.advance(killMs);
      const failure = await outcome;
      expect(failure).toMatchObject({ kind: 'failure', reason: 'idle' });
      expect((failure as { message: string }).message).toContain('60 s');
      expect(isRunning(agent.report.pid)).toBe(false);
      expect(clock.pending).toEqual([]);
    },
  );

  test('does not count while a tool runs: there it is the time limit that ends it', async () => {
    const { agent, clock, watch, outcome } = await runAgent({ limits: { ...limits, timeoutMs: 600_000 } });
    await agent.says(uses);
    await watch.heard(1);
    clock.advance(599_999);
    expect(isRunning(agent.report.pid)).toBe(true);
    clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });

  test('counts again once the tool has ended', async () => {
    const { agent, clock, watch, outcome } = await runAgent({ limits });
    await agent.says(uses);
    await watch.heard(1);
    clock.advance(600_000);
    await agent.says(returns);
    await watch.heard(2);
    clock.advance(60_000);
    expect(await outcome).toMatchObject({ kind: 'failure', reason: 'idle' });
  });

  test('does not undo an answer: after its result the grace is what counts', async () => {
    const { agent, clock, watch, outcome } = await runAgent({ limits: { idleMs: 1000 } });
    await agent.says(RESULT);
    await watch.heard(1);
    clock.advance(1000);
    expect(await outcome).toMatchObject({ kind: 'reply', text: 'done' });
  });
});

describe('an end that is not ours', () => {
  test('a signal before the result', async () => {
    const { agent, outcome } = await runAgent();
    await agent.says(INIT);
    agent.dies('SIGKILL');
    const failure = await outcome;
    expect(failure).toMatchObject({ kind: 'failure', reason: 'killed' });
    expect((failure as { message: string }).message).toContain('memory');
  });

  test('a bad exit status after a good result', async () => {
    const { agent, outcome } = await runAgent();
    await agent.says(RESULT);
    agent.exits(7);
    const failure = await outcome;
    expect(failure).toMatchObject({ kind: 'failure', reason: 'exit', text: 'done', costUsd: 0.5 });
  });

  test('leaves no timer and no listener behind', async () => {
    const { agent, clock, outcome } = await runAgent({ limits: { timeoutMs: 60_000 } });
    await agent.says(RESULT);
    agent.exits(0);
    await outcome;
    expect(clock.pending).toEqual([]);
  });
});
