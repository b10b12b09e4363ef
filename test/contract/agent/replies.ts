/** What the script is given: the agent's last words or a value of the schema, and what both did cost. */
import { expect, test } from 'vitest';
import { reply } from '../../support/api/fake-messages-api.ts';
import { ContractRun } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

const SCHEMA = JSON.stringify({
  type: 'object',
  properties: { count: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } },
  required: ['count'],
  additionalProperties: false,
});

export function replyCases(agent: AgentUnderContract): void {
  test('the last text of the agent, as it is', async () => {
    const contract = await ContractRun.open(agent);
    contract.api.queue(
      reply().text('one\n\n  two \u{1F600}\u2028\n'),
      reply().thinking('on the way').text('after thinking'),
      reply().text('first').text('last'),
    );
    const { result } = await contract.run(`return [await agent('a'), await agent('b'), await agent('c')]`);
    expect(result.result).toEqual(['one\n\n  two \u{1F600}\u2028\n', 'after thinking', 'last']);
  });

  test('a value of the schema, at the first or the second attempt', async () => {
    const contract = await ContractRun.open(agent);
    const { result } = await contract.run(
      `const schema = ${SCHEMA}
      return [await agent('JSON:{"count":2,"names":["a"]}', { schema }), await agent('BADFIRST JSON:{"count":3}', { schema })]`,
    );
    expect(result.result).toEqual([{ count: 2, names: ['a'] }, { count: 3 }]);
    expect(result.calls).toMatchObject({ done: 2, failed: 0 });
    expect(contract.api.requests.length).toBe(3);
  });

  test('an exception that names the mismatch, when the schema is never met', async () => {
    const contract = await ContractRun.open(agent);
    const { result } = await contract.run(
      `try { await agent('JSON:{"count":"two"}', { schema: ${SCHEMA} }) } catch (error) { return error.message }`,
    );
    expect(result.result).toMatch(/\/count.*integer/);
    expect(result).toMatchObject({ status: 'completed', calls: { done: 0, failed: 1 } });
    expect(contract.api.requests.length).toBe(5);
  });

  test('tokens and dollars', async () => {
    const contract = await ContractRun.open(agent);
    const usage = {
      input_tokens: 1_000,
      output_tokens: 2_000,
      cache_read_input_tokens: 30_000,
      cache_creation_input_tokens: 4_000,
    };
    contract.api.queue(reply().text('done').usage(usage));
    const { result, stderr } = await contract.run(`await agent('work', { model: 'claude-opus-4-8' })`);
    expect(result.usage).toEqual({
      inputTokens: 1_000,
      outputTokens: 2_000,
      cacheReadTokens: 30_000,
      cacheCreationTokens: 4_000,
    });
    // Dollars a million tokens: 5 in, 25 out, 0.5 from the cache, 6.25 into it.
    expect(result.costUsd).toBeCloseTo((1_000 * 5 + 2_000 * 25 + 30_000 * 0.5 + 4_000 * 6.25) / 1e6, 9);
    expect(stderr).toMatch(/^ +tokens +1\.0k in, 2\.0k out/m);
  });
}
