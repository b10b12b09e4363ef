/** A map that goes on: by its journal, or by its joblog as GNU parallel does. What ended well is not paid for again. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentRig } from '../../support/agents/agent-rig.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"%s","session_id":"s"}\\n';

/** Writes down each prompt it is asked; fails on `bad` until there is a file `mended`. */
function counting(): ShellProject {
  const project = new ShellProject(suite);
  const { cwd } = project;
  project.agent(`prompt=$(cat); echo "$prompt" >> "${cwd}/ran"
case "$prompt" in *bad*) [ -e "${cwd}/mended" ] || exit 1;; esac
printf '${RESULT}' "$prompt"`);
  return project;
}

/** The prompts that agents were asked since the last look. */
function ran({ cwd }: ShellProject): string[] {
  const file = path.join(cwd, 'ran');
  if (!existsSync(file)) return [];
  const prompts = readFileSync(file, 'utf8').trimEnd().split('\n').sort();
  rmSync(file);
  return prompts;
}

const values = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .map(({ seq, value }) => [seq, value]);

describe('--resume RUN', () => {
  test('answers what ended well from the journal, and asks the rest; template and options are the run’s', async () => {
    const project = counting();
    const stdin = 'a\nbad\na\nd\n';
    const first = await project.run(['map', 'say {}', '-k', '-q', '-j1'], { stdin });
    expect(first.code).toBe(3);
    expect(ran(project)).toEqual(['say a', 'say a', 'say bad', 'say d']);
    const [runId = ''] = project.runIds();
    project.write('mended', '');
    const second = await project.run(['map', '--resume', runId, '-k'], { stdin });
    expect(second.code).toBe(0);
    expect(values(second.stdout)).toEqual([
      [1, 'say a'],
      [2, 'say bad'],
      [3, 'say a'],
      [4, 'say d'],
    ]);
    expect(ran(project)).toEqual(['say bad']);
    expect(second.stderr).toMatch(/items +4 items: 4 replied, 3 of them before\n/);
    expect(project.runIds()).toEqual([runId]);
    expect((await project.run(['result', runId, '--json'])).stdout).toMatch(
      /"attempts":\[\{"attempt":1.*"attempt":2/,
    );
  });

  test('after SIGKILL', async () => {
    const rig = await AgentRig.start();
    const project = new ShellProject(suite);
    project.agent(`exec "${rig.program.path}" "$@"`);
    const started = project.start(['map', 'say {}', '-j2', '-k'], { stdin: 'a\nb\nc\n' });
    const agents = [await rig.next(), await rig.next()];
    const prompts = await Promise.all(agents.map((agent) => agent.reads()));
    const first = agents[prompts.indexOf('say a')];
    await first?.says({ type: 'result', subtype: 'success', is_error: false, result: 'A', session_id: 's' });
    first?.exits(0);
    await started.until('stdout', '"value":"A"');
    started.child.kill('SIGKILL');
    await started.ended;
    const [runId = ''] = project.runIds();
    project.agent(`prompt=$(cat); echo "$prompt" >> "${project.cwd}/ran"; printf '${RESULT}' "$prompt"`);
    const resumed = await project.run(['map', '--resume', runId, '-k'], { stdin: 'a\nb\nc\n' });
    expect(resumed.stderr).toMatch(/3 replied, 1 of them before/);
    expect(resumed.code).toBe(0);
    expect(values(resumed.stdout)).toEqual([
      [1, 'A'],
      [2, 'say b'],
      [3, 'say c'],
    ]);
    expect(ran(project)).toEqual(['say b', 'say c']);
  });

  test('a map that a cap ended goes on with a larger one', async () => {
    const project = counting();
    const capped = await project.run(['map', 'say {}', '--max-agents', '2', '-j1', '-k'], {
      stdin: 'a\nb\nc\n',
    });
    expect(capped.code).toBe(75);
    expect(values(capped.stdout)).toEqual([
      [1, 'say a'],
      [2, 'say b'],
    ]);
    expect(capped.stderr).toMatch(/ended by a cap after .*\n +items +3 items: 2 replied, 1 not run\n/);
    const [runId = ''] = project.runIds();
    ran(project);
    const more = await project.run(['map', '--resume', runId, '--max-agents', '9'], { stdin: 'a\nb\nc\n' });
    expect(more.code).toBe(0);
    expect(ran(project)).toEqual(['say c']);
  });
});

describe('by a joblog', () => {
  test('--resume leaves out what stands in it, --resume-failed asks what failed again', async () => {
    const project = counting();
    const flags = ['map', 'say {}', '--joblog', 'log', '-j1', '-q'];
    await project.run(flags, { stdin: 'a\nbad\n' });
    expect(ran(project)).toEqual(['say a', 'say bad']);
    const resumed = await project.run([...flags, '--resume'], { stdin: 'a\nbad\nc\n' });
    expect(resumed.code).toBe(0);
    expect(values(resumed.stdout)).toEqual([[3, 'say c']]);
    expect(ran(project)).toEqual(['say c']);
    project.write('mended', '');
    const failed = await project.run([...flags, '--resume-failed'], { stdin: 'a\nbad\nc\nd\n' });
    expect(values(failed.stdout)).toEqual([
      [2, 'say bad'],
      [4, 'say d'],
    ]);
    expect(ran(project)).toEqual(['say bad', 'say d']);
  });

  test('--retry-failed goes by the log alone: neither template nor stdin', async () => {
    const project = counting();
    await project.run(['map', 'say {}', '--joblog', 'log', '-q'], { stdin: 'a\nbad 1\nbad 2\n' });
    ran(project);
    project.write('mended', '');
    const started = project.start(['map', '--joblog', 'log', '--retry-failed', '-q', '-k'], {
      stdin: 'open',
    });
    const retried = await started.ended;
    expect(retried.code).toBe(0);
    expect(values(retried.stdout).sort()).toEqual([
      [2, 'say bad 1'],
      [3, 'say bad 2'],
    ]);
    expect(ran(project)).toEqual(['say bad 1', 'say bad 2']);
    const again = await project.run(['map', '--joblog', 'log', '--retry-failed', '-q']);
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: '' });
    // There was nothing to do, so no run was made for it.
    expect(project.runIds()).toHaveLength(2);
  });

  test('--retry-failed goes on by the same command, and the journal holds what it asked', async () => {
    const project = counting();
    await project.run(['map', 'say {}', '--joblog', 'my log', '-q'], { stdin: 'a\nbad 1\n' });
    const again = await project.run(['map', '-j2', '--joblog', 'my log', '--retry-failed']);
    expect(again.code).toBe(3);
    expect(again.stderr).toMatch(/go on by the joblog: andwait map -j2 --joblog 'my log' --retry-failed\n$/);
    const runId = project.runIds().at(-1) ?? '';
    const journal = readFileSync(path.join(project.state, 'runs', runId, 'journal.ndjson'), 'utf8');
    const attempt = journal.split('\n').find((line) => line.includes('"type":"attempt"')) ?? '';
    expect(JSON.parse(attempt)).toMatchObject({ args: { template: '{}' } });
  });

  test('without one of these flags the log begins anew', async () => {
    const project = counting();
    const flags = ['map', 'say {}', '--joblog', 'log', '-q'];
    await project.run(flags, { stdin: 'a\n' });
    await project.run(flags, { stdin: 'b\n' });
    const log = readFileSync(path.join(project.cwd, 'log'), 'utf8');
    expect(log).toMatch(/^Seq\t.*\n1\t.*\tsay b\n$/);
  });
});
