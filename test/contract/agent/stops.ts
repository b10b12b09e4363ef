/** A run that is stopped while the model thinks: the agents end with it, and the record says so. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ContractRun } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

export function stopCases(agent: AgentUnderContract): void {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s', async (signal, expectedCode) => {
    const contract = await ContractRun.open(agent);
    contract.api.hold();
    const run = contract.start(
      `return await parallel(['first', 'second'].map((prompt) => () => agent(prompt)))`,
      ['--concurrency', '1'],
    );
    const asked = await contract.api.request(1);
    run.signal(signal);
    const { code, result, records, folder, stderr } = await run.ended;
    const pids = records.flatMap((record) => (record.type === 'process' ? [record.pid] : []));
    expect(pids.length).toBe(1);
    expect(pids.filter(isRunning)).toEqual([]);
    await asked.abandoned;
    expect(code).toBe(expectedCode);
    expect(result).toMatchObject({
      status: 'stopped',
      result: null,
      calls: { total: 2, stopped: 2, failed: 0 },
    });
    expect(contract.api.requests.length).toBe(1);
    expect(stderr).toContain(`${signal}: stopping the agents`);
    expect(records.at(-1)).toMatchObject({ type: 'end', status: 'stopped' });
    expect(JSON.parse(readFileSync(folder.resultFile, 'utf8'))).toEqual(result);
  });
}
