/** What agents may do unasked. Nobody can be asked: what needs permission is denied, told, and no reason to fail. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ContractRun, initEventOf } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

const MAKES_A_FILE = JSON.stringify('TOOL:Bash {"command":"sh -c \'echo 1 > made.txt\'"}');
const WRITES_A_FILE = JSON.stringify('TOOL:Write {"file_path":"made.txt","content":"1"}');

export function toolCases(agent: AgentUnderContract): void {
  test.each([
    ['Bash', MAKES_A_FILE, []],
    ['Write', WRITES_A_FILE, ['--permission-mode', 'default']],
  ])('%s that is not allowed is denied, and the agent goes on', async (tool, prompt, options) => {
    const contract = await ContractRun.open(agent);
    const { result, stderr, code } = await contract.run(`return await agent(${prompt})`, options);
    expect(result).toMatchObject({ result: 'done after tool', calls: { done: 1, failed: 0, denied: 1 } });
    expect(stderr).toMatch(new RegExp(`^ +denied +${tool}`, 'm'));
    expect(existsSync(path.join(contract.cwd, 'made.txt'))).toBe(false);
    expect(code).toBe(0);
  });

  test.each([
    ['--allowed-tools', MAKES_A_FILE, ['--allowed-tools', 'Bash(sh *)']],
    ['--permission-mode bypassPermissions', MAKES_A_FILE, ['--permission-mode', 'bypassPermissions']],
    ['acceptEdits, the default', WRITES_A_FILE, []],
  ])('a tool is not denied with %s', async (_name, prompt, options) => {
    const contract = await ContractRun.open(agent);
    const { result } = await contract.run(`return await agent(${prompt})`, options);
    expect(result).toMatchObject({ result: 'done after tool', calls: { done: 1, denied: 0 } });
    // andwait-print has no such tools yet, and tells the model so.
    expect(existsSync(path.join(contract.cwd, 'made.txt'))).toBe(agent.kind === 'claude');
  });

  test.each(['acceptEdits', 'default', 'plan', 'dontAsk'])('permission mode %s', async (mode) => {
    const contract = await ContractRun.open(agent);
    const end = await contract.run(`return await agent('ECHO:x')`, ['--permission-mode', mode]);
    expect(initEventOf(end, 1)).toMatchObject({ permissionMode: mode });
  });
}
