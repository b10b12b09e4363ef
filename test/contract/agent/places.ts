/** Where agents work, and how many at once. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { reply } from '../../support/api/fake-messages-api.ts';
import { ContractRun, initEventOf } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

const GIT_ENV = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

export function placeCases(agent: AgentUnderContract): void {
  test('an isolated agent works in a tree of its own, which is gone when nothing changed', async () => {
    const contract = await ContractRun.open(agent);
    const git = repository(contract.cwd);
    const end = await contract.run(`return await agent('ECHO:read', { isolation: 'worktree' })`);
    const { cwd } = initEventOf(end, 1);
    expect(path.dirname(String(cwd))).toBe(end.folder.worktreesDir);
    expect(existsSync(String(cwd))).toBe(false);
    expect(git('branch', '--format=%(refname:short)')).toBe('main');
    expect(end.result.result).toBe('read');
  });

  // andwait-print has no tool yet that changes anything.
  test.runIf(agent.kind === 'claude')('what an isolated agent wrote is kept, and told', async () => {
    const contract = await ContractRun.open(agent);
    const git = repository(contract.cwd);
    const { events, stderr } = await contract.run(
      `await agent('TOOL:Write {"file_path":"new.txt","content":"kept\\\\n"}', { isolation: 'worktree' })`,
      ['--permission-mode', 'acceptEdits'],
    );
    const kept = events.flatMap((event) => (event.type === 'call_settled' ? [event.worktree] : []))[0];
    expect(kept?.diffStat).toMatch(/new\.txt/);
    expect(readFileSync(path.join(kept?.path ?? '', 'new.txt'), 'utf8')).toBe('kept\n');
    expect(stderr).toContain(kept?.path);
    expect(git('branch', '--format=%(refname:short)').split('\n')).toContain(kept?.branch);
    expect(git('status', '--porcelain')).toBe('');
  });

  // The real program reads those of the repository's own checkout by itself, but no settings.json that is in no commit.
  const settingsFiles = ['settings.local.json', ...(agent.kind === 'print' ? ['settings.json'] : [])];
  test.each(settingsFiles)('an isolated agent is held to a %s that is in no commit', async (file) => {
    const contract = await ContractRun.open(agent);
    repository(contract.cwd);
    mkdirSync(path.join(contract.cwd, '.claude'));
    const permissions = { deny: ['Bash(ls:*)'] };
    writeFileSync(path.join(contract.cwd, '.claude', file), JSON.stringify({ permissions }));
    const { events } = await contract.run(
      `await agent('TOOL:Bash {"command":"ls","description":"looks"}', { isolation: 'worktree' })`,
    );
    expect(events.flatMap((event) => (event.type === 'call_settled' ? event.denials : []))).toEqual(['Bash']);
  });

  test('no more agents at once than --concurrency', async () => {
    const contract = await ContractRun.open(agent);
    const { api } = contract;
    api.hold();
    const { ended } = contract.start(
      `return await parallel(['a', 'b', 'c'].map((prompt) => () => agent(prompt)))`,
      ['--concurrency', '2'],
    );
    const [first, second] = [await api.request(1), await api.request(2)];
    expect([first.prompt, second.prompt].sort()).toEqual(['a', 'b']);
    first.answer(reply().text(`answer to ${first.prompt}`));
    const third = await api.request(3);
    for (const request of [second, third]) request.answer(reply().text(`answer to ${request.prompt}`));
    expect((await ended).result.result).toEqual(['answer to a', 'answer to b', 'answer to c']);
    expect(api.peak).toBe(2);
  });
}

function repository(cwd: string): (...args: readonly string[]) => string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd, env: GIT_ENV, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(path.join(cwd, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return git;
}
