/** Model, effort and agent type, by the script or on the command line, reach the model API; so does the notice of the script. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SCRIPT_VALUE_NOTICE } from '../../../src/agent/outcome/system-notice.ts';
import { ContractRun, systemTextOf } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

export function choiceCases(agent: AgentUnderContract): void {
  test('model and effort', async () => {
    const contract = await ContractRun.open(agent);
    await contract.run(
      `await agent('of the run')
      await agent('of the script', { model: 'claude-opus-4-8', effort: 'high' })
      phase('Cheap')
      await agent('of the phase', { model: 'opus', effort: 'max' })`,
      ['--model', 'sonnet', '--effort', 'low', '--model-for', 'Cheap=haiku'],
    );
    const asked = contract.api.requests.map(({ prompt, body }) => [
      prompt,
      body['model'],
      body['output_config'],
    ]);
    expect(asked).toEqual([
      ['of the run', expect.stringMatching(/^claude-sonnet-/), { effort: 'low' }],
      ['of the script', 'claude-opus-4-8', { effort: 'high' }],
      ['of the phase', expect.stringMatching(/^claude-haiku-/), { effort: 'max' }],
    ]);
  });

  test('the agent is told that a script reads its answer', async () => {
    const contract = await ContractRun.open(agent);
    await contract.run(`await agent('text'); await agent('value', { schema: { type: 'object' } })`);
    const [text, value] = contract.api.requests.map(systemTextOf);
    expect(text).toContain(SCRIPT_VALUE_NOTICE.forText);
    expect(value).toContain(SCRIPT_VALUE_NOTICE.forSchema);
  });

  test('an agent type of the project', async () => {
    const contract = await ContractRun.open(agent);
    const types = path.join(contract.cwd, '.claude/agents');
    mkdirSync(types, { recursive: true });
    writeFileSync(
      path.join(types, 'reviewer.md'),
      '---\nname: reviewer\ndescription: reviews\ntools: Read\nmodel: haiku\n---\nYou review with a lens made of quartz.\n',
    );
    await contract.run(
      `await agent('one', { agentType: 'reviewer' })
      await agent('two', { agentType: 'reviewer', model: 'sonnet' })`,
    );
    const { requests } = contract.api;
    expect(requests.map(({ body }) => body['model'])).toEqual([
      expect.stringMatching(/^claude-haiku-/),
      expect.stringMatching(/^claude-sonnet-/),
    ]);
    for (const request of requests) {
      expect(systemTextOf(request)).toContain('You review with a lens made of quartz.');
      expect(systemTextOf(request)).toContain(SCRIPT_VALUE_NOTICE.forText);
      expect(request.toolNames).not.toContain('Write');
    }
  });

  test('the agent types that are always there', async () => {
    const contract = await ContractRun.open(agent);
    const { result } = await contract.run(
      `const types = ['general-purpose', 'Explore', 'Plan']
      return await parallel(types.map((agentType) => () => agent('ECHO:' + agentType, { agentType })))`,
    );
    expect(result.result).toEqual(['general-purpose', 'Explore', 'Plan']);
  });

  test('an unknown agent type throws before anything is spent', async () => {
    const contract = await ContractRun.open(agent);
    const { result, code } = await contract.run(`return await agent('x', { agentType: 'nobody' })`);
    expect(result).toMatchObject({ status: 'failed', calls: { total: 0 } });
    expect(result.error?.message).toMatch(/"nobody".*general-purpose/);
    expect(contract.api.requests).toEqual([]);
    expect(code).toBe(1);
  });
}
