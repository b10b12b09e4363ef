/** What agents may do unasked. Nobody can be asked: what needs permission is denied, told, and no reason to fail. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ContractRun, initEventOf } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

const BASH = JSON.stringify('TOOL:Bash {"command":"sh -c \'echo 1 > made.txt\'"}');
const WRITE = JSON.stringify('TOOL:Write {"file_path":"made.txt","content":"1"}');

export function toolCases(agent: AgentUnderContract): void {
  test.each([
    ['Bash', 'acceptEdits', BASH],
    ['Write', 'default', WRITE],
    ['Write', 'dontAsk', WRITE],
  ])('%s is denied in mode %s, and the agent goes on', async (tool, mode, prompt) => {
    const contract = await ContractRun.open(agent);
    const end = await contract.run(`return await agent(${prompt})`, ['--permission-mode', mode]);
    const { result, stderr, code } = end;
    expect(result).toMatchObject({ result: 'done after tool', calls: { done: 1, failed: 0, denied: 1 } });
    expect(stderr).toMatch(new RegExp(`^ +denied +${tool}`, 'm'));
    expect(existsSync(path.join(contract.cwd, 'made.txt'))).toBe(false);
    expect(initEventOf(end, 1)).toMatchObject({ permissionMode: mode });
    expect(code).toBe(0);
  });

  // Without --permission-mode: the default of a run is acceptEdits.
  test.each([
    ['Bash is not denied with --allowed-tools', BASH, ['--allowed-tools', 'Bash(sh *)']],
    ['Write is not denied', WRITE, []],
  ])('%s', async (_name, prompt, options) => {
    const contract = await ContractRun.open(agent);
    const end = await contract.run(`return await agent(${prompt})`, options);
    expect(end.result).toMatchObject({ result: 'done after tool', calls: { done: 1, denied: 0 } });
    expect(initEventOf(end, 1)).toMatchObject({ permissionMode: 'acceptEdits' });
    expect(existsSync(path.join(contract.cwd, 'made.txt'))).toBe(true);
  });
}
