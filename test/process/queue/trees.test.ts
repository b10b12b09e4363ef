/** Working trees over two hosts, each with a state folder of its own: what agents start from goes there, and what they change comes back, on every server there is. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AgentRig, type SteeredAgent } from '../../support/agents/agent-rig.ts';
import { ended } from '../../support/agents/process-end.ts';
import { commitAll, git, repositoryIn } from '../../support/git/git-repository.ts';
import { endedWithTest, ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';
import { describeServers, type ServerKind } from '../../support/queue/queue-servers.ts';
import { queueEnv, startWorker } from '../../support/queue/worker-program.ts';

const suite = suiteFolder();

describeServers('working trees over several hosts', cases);

const SCRIPT = `export const meta = { name: 'far', description: 'd' }
return await parallel(args.map((item) => () => agent('item ' + item, { label: item, isolation: 'worktree' })))
`;

async function stage(kind: ServerKind) {
  const { url } = await kind.start();
  const rig = await AgentRig.start();
  const client = new ShellProject(suite);
  const repo = repositoryIn(path.join(client.cwd, 'repo'));
  writeFileSync(path.join(repo, 'sub/far.js'), SCRIPT);
  const head = commitAll(repo, 'the script');
  const cwd = path.join(repo, 'sub');
  const env = { ...queueEnv(url), ANDWAIT_SLOTS: '4' };
  return {
    rig,
    repo,
    head,
    client,
    run: (items: readonly string[], ...flags: readonly string[]) =>
      endedWithTest(client.start(['run', 'far.js', '--args', JSON.stringify(items), ...flags], { env, cwd })),
    resume: (...flags: readonly string[]) =>
      endedWithTest(client.start(['resume', '--last', ...flags], { env, cwd })),
    host: async (slots: number) => {
      const project = new ShellProject(suite);
      project.agent(`exec "${rig.program.path}" "$@"`);
      const worker = await startWorker(project, { env, slots });
      return { ...worker, has: (agent: SteeredAgent) => agent.report.cwd.startsWith(project.state), project };
    },
    branches: () => git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/andwait').split('\n'),
    changed: (branch: string) => git(repo, 'diff', '--name-only', head, branch),
  };
}

/** The item that it was asked for, in whose file it now works. */
async function works(agent: SteeredAgent): Promise<string> {
  const [, item = ''] = /item (\w+)/.exec(await agent.reads()) ?? [];
  writeFileSync(path.join(agent.report.cwd, `${item}.txt`), item);
  return item;
}

async function replies(agent: SteeredAgent, result: string): Promise<void> {
  await agent.says({ type: 'result', subtype: 'success', is_error: false, result, session_id: 's' });
  agent.exits(0);
}

function cases(kind: ServerKind): void {
  test('edits of agents on two hosts are on a branch each, once, though a host dies; nothing is left there', async () => {
    const { rig, repo, head, run, host, branches, changed, client } = await stage(kind);
    const [one, two] = [await host(2), await host(2)];
    const items = ['a', 'b', 'c', 'd', 'e', 'f'];
    const running = run(items);
    const first = await Promise.all([rig.next(), rig.next(), rig.next(), rig.next()]);
    expect(first.map((agent) => one.has(agent)).sort()).toEqual([false, false, true, true]);
    for (const agent of first) {
      expect(path.basename(agent.report.cwd)).toBe('sub');
      expect(git(agent.report.cwd, 'rev-parse', 'HEAD')).toBe(head);
      expect(existsSync(path.join(agent.report.cwd, 'b.txt'))).toBe(true);
      const item = await works(agent);
      // Whether they commit is theirs to choose.
      if (item === 'a') commitAll(agent.report.cwd, 'by the agent');
    }
    one.child.kill('SIGKILL');
    const [lost = [], alive = []] = [first.filter(one.has), first.filter((agent) => !one.has(agent))];
    await Promise.all(lost.map((agent) => ended(agent.report.pid)));
    for (const agent of alive) await replies(agent, 'done');
    for (let rest = 0; rest < 4; rest++) {
      const agent = await rig.next();
      await works(agent);
      await replies(agent, 'done');
    }
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${JSON.stringify(items.map(() => 'done'))}\n` });
    const [runId = ''] = client.runIds();
    expect(branches().sort()).toEqual(items.map((_, at) => `andwait/${runId}/${at + 1}`));
    expect(branches().map(changed).sort()).toEqual(items.map((item) => `sub/${item}.txt`));
    expect(stderr).toContain(`branch andwait/${runId}/6`);
    expect(git(repo, 'status', '--porcelain')).toBe('');
    const trees = path.join(two.project.state, 'trees/calls');
    expect(readdirSync(path.join(trees, readdirSync(trees)[0] ?? ''))).toEqual([]);
  }, 60_000);

  test('a client that was killed goes on from the commit it began with, and takes in what came meanwhile', async () => {
    const { rig, repo, head, run, resume, host, branches, changed, client } = await stage(kind);
    await host(2);
    writeFileSync(path.join(repo, 'sub/new.txt'), 'not committed');
    const refused = await run(['a', 'b', 'c']).ended;
    expect({ code: refused.code, runs: client.runIds() }).toEqual({ code: 2, runs: [] });
    expect(refused.stderr).toContain('?? sub/new.txt');
    for (const choice of ['committed', 'as-is', 'none']) expect(refused.stderr).toContain(`--tree ${choice}`);

    const cut = run(['a', 'b', 'c'], '--tree', 'as-is');
    const [first, second] = [await rig.next(), await rig.next()];
    expect(readFileSync(path.join(first.report.cwd, 'new.txt'), 'utf8')).toBe('not committed');
    cut.child.kill('SIGKILL');
    await cut.ended;
    const items = [await works(first), await works(second)];
    await replies(first, 'while nobody listened');
    await ended(first.report.pid);
    commitAll(repo, 'meanwhile');
    git(repo, 'gc', '--prune=now', '--quiet');
    expect((await resume('--tree', 'committed').ended).stderr).toContain('was begun with --tree as-is');

    const resumed = resume();
    const third = await rig.next();
    expect(git(third.report.cwd, 'rev-parse', 'HEAD~')).toBe(head);
    items.push(await works(third));
    await replies(second, 'done');
    await replies(third, 'done');
    expect((await resumed.ended).code).toBe(0);
    const [runId = ''] = client.runIds();
    expect(branches()).toHaveLength(3);
    const start = git(repo, 'rev-parse', `refs/andwait/${runId}`);
    const files = branches().map((branch) => git(repo, 'diff', '--name-only', start, branch));
    expect(files.sort()).toEqual(items.map((item) => `sub/${item}.txt`).sort());
    expect(changed(start)).toBe('sub/new.txt');
  }, 60_000);
}
