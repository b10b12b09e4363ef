/** Seeded trials: a pipeline of 50 agents in worktrees over two hosts, one of which is killed with SIGKILL at a random instant. ANDWAIT_SOAK_SEED and _TRIALS choose. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { commitAll, git, repositoryIn } from '../support/git/git-repository.ts';
import { endedWithTest, ShellProject, suiteFolder } from '../support/programs/shell-project.ts';
import { describeServers } from '../support/queue/queue-servers.ts';
import { queueEnv, startWorker } from '../support/queue/worker-program.ts';
import { seeded } from '../support/seeded.ts';

const CALLS = 50;
const SEED = Number(process.env['ANDWAIT_SOAK_SEED'] ?? '1');
const TRIALS = Number(process.env['ANDWAIT_SOAK_TRIALS'] ?? '1');

const suite = suiteFolder();

const SCRIPT = `export const meta = { name: 'fifty', description: 'd' }
const items = Array.from({ length: ${CALLS} }, (_, at) => at + 1)
return await pipeline(items, (item) => agent('item ' + item, { label: 'item ' + item, isolation: 'worktree' }))
`;

/** Writes a file of its own, and commits it or leaves it. */
const AGENT = `item=$(sed -n 's/.*item \\([0-9]*\\).*/\\1/p' | head -n 1)
echo "$item" > "item-$item.txt"
sleep 0.3
if [ $((item % 2)) = 0 ]; then
  git add . && git -c user.name=a -c user.email=a@example.com commit -qm "item $item" >&2 || exit 1
fi
printf '{"type":"result","subtype":"success","is_error":false,"result":"%s","session_id":"s"}\\n' "$item"`;

describeServers(`${CALLS} worktrees over two hosts, seed ${SEED}`, ({ start, title }) => {
  const random = seeded(SEED);
  const instants = Array.from({ length: TRIALS }, () => 1 + Math.floor(random() * (CALLS - 10)));

  test.each(instants.map((settled, trial) => [trial, settled] as const))(
    'trial %i: a host is killed after %i calls',
    async (_trial, settled) => {
      const { url } = await start();
      const client = new ShellProject(suite);
      const repo = repositoryIn(path.join(client.cwd, 'repo'));
      writeFileSync(path.join(repo, 'fifty.js'), SCRIPT);
      const head = commitAll(repo, 'the script');
      const env = { ...queueEnv(url), ANDWAIT_SLOTS: '4' };
      const host = async () => {
        const project = new ShellProject(suite);
        project.agent(AGENT);
        return { worker: await startWorker(project, { env, slots: 4 }), project };
      };
      const hosts = [await host(), await host()];
      const began = performance.now();
      const run = endedWithTest(
        client.start(['run', 'fifty.js', '-q', '--output', 'ndjson'], { env, cwd: repo }),
      );
      let seen = 0;
      run.child.stdout.on('data', (chunk: string) => {
        seen += chunk.split('"call_settled"').length - 1;
        if (seen >= settled) hosts[0]?.worker.child.kill('SIGKILL');
      });
      const { code, stdout } = await run.ended;
      const seconds = (performance.now() - began) / 1000;
      expect(code).toBe(0);
      const [runId = ''] = client.runIds();
      const branches = git(repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/andwait').split(
        '\n',
      );
      const all = Array.from({ length: CALLS }, (_, at) => `${at + 1}`);
      expect(branches.sort()).toEqual(all.map((id) => `andwait/${runId}/${id}`).sort());
      const edits = branches.map((branch) => git(repo, 'diff', '--name-only', head, branch));
      expect(edits.sort()).toEqual(all.map((item) => `item-${item}.txt`).sort());
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
        result: all,
        calls: { done: CALLS, failed: 0 },
      });
      expect(git(repo, 'fsck', '--strict', '--no-dangling')).toBe('');
      const journal = path.join(client.state, 'runs', runId, 'journal.ndjson');
      const outcomes = readFileSync(journal, 'utf8').match(/"type":"outcome"/g) ?? [];
      expect(outcomes).toHaveLength(CALLS);
      const ran = hosts.map(({ project }) => agentsOf(project));
      process.stderr.write(
        `\n${title}: ${seconds.toFixed(1)} s; killed after ${settled} calls; agents by host: ${ran.join(', ')}\n`,
      );
    },
  );
});

/** Begun on that host. */
function agentsOf({ state }: ShellProject): number {
  const [runId = ''] = readdirSync(path.join(state, 'runs'));
  const dir = path.join(state, 'runs', runId, 'agents');
  return existsSync(dir) ? readdirSync(dir).length : 0;
}
