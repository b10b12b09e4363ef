/** How a call fails, and what is no failure: `null` and a line in the log for the script, counts and an exit code for the shell. */
import { expect, test } from 'vitest';
import { reply } from '../../support/api/fake-messages-api.ts';
import { ContractRun } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

export function failureCases(agent: AgentUnderContract): void {
  test('an API error is null, and a line in the log', async () => {
    const contract = await ContractRun.open(agent);
    const { result, logs, code, stderr } = await contract.run(
      `return [await agent('FAIL:400', { label: 'broken' })]`,
    );
    expect(result).toMatchObject({ status: 'completed', result: [null], calls: { done: 0, failed: 1 } });
    expect(logs).toEqual([
      expect.stringMatching(/^\[broken\] failed: API Error: 400 .*made to fail with 400/),
    ]);
    expect(stderr).toMatch(/^ +failed +api-error: API Error: 400/m);
    // No call of the run came to anything.
    expect(code).toBe(3);
  });

  test.each([
    ['429', reply().status(429, { headers: { 'retry-after': '1' } }), 1_000],
    ['529', reply().status(529), 0],
  ])('%s, then success, is no failure', async (status, refusal, leastDelayMs) => {
    const contract = await ContractRun.open(agent, 'own');
    contract.api.queue(refusal);
    const { result, events, logs, code } = await contract.run(`return await agent('ECHO:at last')`);
    expect(result).toMatchObject({ result: 'at last', calls: { done: 1, failed: 0 } });
    expect(logs).toEqual([]);
    const activities = events.flatMap((event) => (event.type === 'call_activity' ? [event.activity] : []));
    const retries = activities.filter((activity) => activity.kind === 'retry');
    expect(retries).toMatchObject([{ attempt: 1, status: Number(status) }]);
    expect(retries[0]?.delayMs).toBeGreaterThanOrEqual(leastDelayMs);
    expect(code).toBe(0);
  });

  test('the token budget of the run ends it with 75', async () => {
    const contract = await ContractRun.open(agent);
    const { result, code } = await contract.run(`await agent('USAGE:150'); await agent('one too many')`, [
      '--budget-tokens',
      '100',
    ]);
    expect(result).toMatchObject({ status: 'capped', calls: { done: 1, refused: 1 } });
    expect(result.usage.outputTokens).toBe(150);
    expect(contract.api.requests.map(({ prompt }) => prompt)).toEqual(['USAGE:150']);
    expect(code).toBe(75);
  });
}
