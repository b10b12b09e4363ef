/** One run over several hosts, each with a state folder of its own: the programs as built, on every server there is. */
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AgentRig, type SteeredAgent } from '../../support/agents/agent-rig.ts';
import { isRunning } from '../../support/agents/agent-run.ts';
import { ended } from '../../support/agents/process-end.ts';
import {
  endedWithTest,
  type Running,
  ShellProject,
  suiteFolder,
} from '../../support/programs/shell-project.ts';
import { describeServers, SERVER_PASSWORD, type ServerKind } from '../../support/queue/queue-servers.ts';
import { queueEnv, startWorker } from '../../support/queue/worker-program.ts';

const suite = suiteFolder();

describeServers('runs over several hosts', cases);

const replied = (result: string) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result,
  session_id: 's',
});

const saysText = (text: string) => ({
  type: 'assistant',
  message: { role: 'assistant', content: [{ type: 'text', text }] },
});

async function replies(agent: SteeredAgent, result: string): Promise<void> {
  await agent.says(replied(result));
  agent.exits(0);
}

async function stage(kind: ServerKind) {
  const { url } = await kind.start();
  const rig = await AgentRig.start();
  const client = new ShellProject(suite, {
    'far.js': `export const meta = { name: 'far', description: 'd' }
return await parallel(args.map((item) => () => agent('item ' + item, { label: item })))
`,
  });
  const env = { ...queueEnv(url), ANDWAIT_SLOTS: '4' };
  const projects: ShellProject[] = [client];
  return {
    rig,
    client,
    run: (items: readonly string[]) =>
      endedWithTest(
        client.start(['run', 'far.js', '--tree', 'none', '--args', JSON.stringify(items)], { env }),
      ),
    resume: () => endedWithTest(client.start(['resume', '--last'], { env })),
    follow: (call: string) => endedWithTest(client.start(['logs', '-f', '--last', call], { env })),
    shell: (...argv: string[]) => client.run(argv, { env }),
    host: async (slots: number): Promise<Running> => {
      const project = new ShellProject(suite);
      project.agent(`exec "${rig.program.path}" "$@"`);
      projects.push(project);
      return await startWorker(project, { env, slots });
    },
    journal: (): Record<string, unknown>[] =>
      readFileSync(path.join(client.state, 'runs', client.runIds()[0] ?? '', 'journal.ndjson'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    /** Everything that any host or the client wrote down. */
    written: () =>
      projects
        .flatMap(({ state }) => filesBelow(state))
        .filter((file) => readFileSync(file, 'latin1').includes(SERVER_PASSWORD)),
  };
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const outcomes = (records: readonly Record<string, unknown>[]) =>
  records.filter(({ type }) => type === 'outcome').length;

function cases(kind: ServerKind): void {
  test('a host that is killed is noticed, its agent ended, its call run on another; nobody reads the password', async () => {
    const { rig, run, host, journal, written } = await stage(kind);
    const first = await host(1);
    const running = run(['a']);
    const agent = await rig.next();
    expect(await agent.reads()).toContain('item a');
    expect(agent.report.env).not.toHaveProperty('ANDWAIT_QUEUE');
    const second = await host(1);
    first.child.kill('SIGKILL');
    await ended(agent.report.pid);
    await replies(await rig.next(), 'from the other');
    const end = await running.ended;
    expect({ code: end.code, stdout: end.stdout }).toEqual({ code: 0, stdout: '["from the other"]\n' });
    expect(outcomes(journal())).toBe(1);
    expect(journal().find(({ type }) => type === 'outcome')).toMatchObject({ outcome: { host: hostname() } });
    second.child.kill('SIGTERM');
    const { code, stderr } = await second.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('call 1 of run') });
    expect(`${end.stderr}${stderr}`).not.toContain(SERVER_PASSWORD);
    expect(written()).toEqual([]);
  }, 60_000);

  test('a host lets no run have more than its worker was started with', async () => {
    const { shell, host } = await stage(kind);
    await host(1);
    const { code, stderr } = await shell(
      ...['run', 'far.js', '--tree', 'none', '--args', '["a"]', '--allowed-tools', 'Bash'],
    );
    expect(code).toBe(3);
    expect(stderr).toContain('the run wants --allowed-tools "Bash", and this host does not allow that');
  }, 60_000);

  test.runIf(kind.title === 'Redis')(
    'a worker that is frozen has its agent ended by its host before another host has the call',
    async () => {
      const { rig, run, host, journal } = await stage(kind);
      const first = await host(1);
      const running = run(['a']);
      const agent = await rig.next();
      await agent.reads();
      await host(1);
      first.child.kill('SIGSTOP');
      await ended(agent.report.pid);
      await replies(await rig.next(), 'from the other');
      first.child.kill('SIGCONT');
      expect(await running.ended).toMatchObject({ code: 0, stdout: '["from the other"]\n' });
      expect(outcomes(journal())).toBe(1);
    },
    60_000,
  );

  test('a client that is killed goes on with the agents that are still at work; skip and retry reach them; what they write is seen', async () => {
    const { rig, run, resume, host, shell, follow, journal } = await stage(kind);
    await host(4);
    const cut = run(['a', 'b', 'c']);
    const agents = [await rig.next(), await rig.next(), await rig.next()];
    cut.child.kill('SIGKILL');
    await cut.ended;
    const prompts = await Promise.all(agents.map((agent) => agent.reads()));
    const of = (item: string): SteeredAgent => {
      const agent = agents[prompts.findIndex((prompt) => prompt.includes(`item ${item}`))];
      if (agent === undefined) throw new Error(`nobody was asked for item ${item}`);
      return agent;
    };
    await replies(of('a'), 'while nobody listened');
    await ended(of('a').report.pid);
    const resumed = resume();
    await resumed.until('stderr', /done .* a:/);
    const { b, c } = callsByLabel(journal());
    expect((await shell('skip', '--last', `${b}`)).code).toBe(0);
    await ended(of('b').report.pid);
    expect((await shell('retry', '--last', `${c}`)).code).toBe(0);
    await ended(of('c').report.pid);
    const anew = await rig.next();
    // A line that is too long to be sent by itself.
    await anew.says(saysText('long '.repeat(5000)));
    await anew.says(saysText('short'));
    await follow(`${c}`).until('stdout', 'short');
    await replies(anew, 'anew');
    const { code, stdout } = await resumed.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '["while nobody listened",null,"anew"]\n' });
    expect(isRunning(of('b').report.pid)).toBe(false);
    const logs = await shell('logs', '--last', `${c}`);
    expect(logs).toMatchObject({ code: 0, stderr: '' });
    expect(logs.stdout).toContain('long '.repeat(5000).trimEnd());
  }, 60_000);
}

/** Numbers of the last attempt's calls. */
function callsByLabel(records: readonly Record<string, unknown>[]): Record<string, number> {
  const started = records.filter(({ type }) => type === 'started');
  return Object.fromEntries(started.map(({ label, call }) => [label as string, call as number]));
}
