/**
 * Seeded trials on one pool: a workflow and a legacy recipe share three slots, and one party is killed with SIGKILL at a
 * random instant. ANDWAIT_SOAK_SEED and ANDWAIT_SOAK_TRIALS choose.
 */
import { appendFileSync, existsSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/read-journal.ts';
import type { RunDescription } from '../../src/journal/run-folder.ts';
import { ended } from '../support/agents/process-end.ts';
import { killIfAlive, type PoolProcess, poolProcesses } from '../support/pool/pool-processes.ts';
import { DIST } from '../support/programs/run-in-process.ts';
import { ANDWAIT, ShellProject, suiteFolder } from '../support/programs/shell-project.ts';
import { settledLabels } from '../support/runs/settled-labels.ts';
import { seeded } from '../support/seeded.ts';

const SEED = Number(process.env['ANDWAIT_SOAK_SEED'] ?? '1');
const TRIALS = Number(process.env['ANDWAIT_SOAK_TRIALS'] ?? '300');
const CALLS = 8;
const SLOTS = 3;
const SHIMS = path.resolve(DIST, '../shims');
const suite = suiteFolder();

/**
 * Holds one of as many kernel locks as there are slots for as long as it lives, however it ends: who finds none free has
 * seen an agent too many. The wait covers the instant between an agent's lease and its lock being closed.
 */
const AGENT = `
prompt=$(cat)
[ -n "$prompt" ] || prompt=$2
held=
for n in ${Array.from({ length: SLOTS }, (_, n) => n + 1).join(' ')}; do
  exec 9> "$PLACES/$n"
  if flock -n 9; then held=yes; break; fi
done
if [ -z "$held" ]; then flock -w 0.2 9 || echo "$prompt" >> "$PLACES/too-many"; fi
echo "$prompt" >> "$RAN_LOG"
sleep 0.3 9>&-
printf '%s\\n' '{"type":"result","subtype":"success","is_error":false,"result":"ok","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}'
`;

const FLOW = `export const meta = { name: 'flow', description: 'd' }
return (await parallel(Array.from({ length: ${CALLS} }, (_, n) => () => agent('flow ' + n)))).filter(Boolean).length
`;

/** One call at a time would be no fan-out; what each printed is kept. */
const RECIPE = `for n in ${Array.from({ length: CALLS }, (_, n) => n).join(' ')}; do
  claude -p "legacy $n" --output-format json < /dev/null > "out.$n" &
done
wait
`;

const VICTIMS = ['broker', 'shim', 'run', 'exec', 'agent', 'host'] as const;
type Victim = (typeof VICTIMS)[number];

class Trial {
  readonly project = new ShellProject(suite, { 'flow.js': FLOW, 'recipe.sh': RECIPE });
  readonly places: string;
  readonly log: string;
  readonly env: Record<string, string>;

  constructor() {
    this.project.agent(AGENT);
    this.places = path.join(this.project.cwd, 'places');
    this.log = path.join(this.project.cwd, 'ran.log');
    this.project.write('places/.keep', '');
    this.project.write('ran.log', '');
    const { cwd, env } = this.project;
    this.env = {
      ...env,
      PATH: [SHIMS, path.join(cwd, 'bin'), path.dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      PLACES: this.places,
      RAN_LOG: this.log,
      ANDWAIT_SLOTS: String(SLOTS),
      ANDWAIT_POOL_IDLE_SECONDS: '5',
    };
  }

  start(...args: string[]) {
    return this.project.startProgram(process.execPath, [ANDWAIT, ...args], { env: this.env });
  }

  ran(): string[] {
    return readFileSync(this.log, 'utf8').split('\n').filter(Boolean);
  }

  /** Resolves when so many agents have begun, or `over` does. */
  async begun(count: number, over: Promise<unknown>): Promise<void> {
    const changes = watch(this.log);
    try {
      await Promise.race([
        over,
        new Promise<void>((resolve) => {
          const look = () => this.ran().length >= count && resolve();
          changes.on('change', look);
          look();
        }),
      ]);
    } finally {
      changes.close();
    }
  }

  processes(): readonly PoolProcess[] {
    return poolProcesses(this.project.state);
  }

  find(victim: Victim): number | undefined {
    const marks: Record<Victim, (process: { command: string; env: string }) => boolean> = {
      broker: ({ command }) => command.includes('pool-broker.js'),
      shim: ({ command }) => command.includes('claude-shim.cjs'),
      host: ({ command }) => command.includes('agent-host.js'),
      run: ({ command }) => command.includes('andwait.js run'),
      exec: ({ command }) => command.includes('andwait.js exec'),
      agent: ({ command, env }) => command.includes('bin/claude') && env.includes('ANDWAIT_LEASE='),
    };
    return this.processes().find(marks[victim])?.pid;
  }

  runId(name: string): string {
    const found = this.project.runIds().find((id) => {
      const file = path.join(this.project.state, 'runs', id, 'run.json');
      return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as RunDescription).kind === name;
    });
    if (found === undefined) throw new Error(`no ${name} run among ${this.project.runIds().join(', ')}`);
    return found;
  }

  settled(runId: string): string[] {
    return settledLabels(readJournal(path.join(this.project.state, 'runs', runId, 'journal.ndjson')).records);
  }
}

describe(`kill -9 of any party, seed ${SEED}`, () => {
  const random = seeded(SEED);
  const trials = Array.from({ length: TRIALS }, (_, trial) => {
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'broker';
    return [trial, victim, 1 + Math.floor(random() * (2 * CALLS - 1))] as const;
  });

  test.each(trials)('trial %i: the %s, after %i agents', async (_trial, victim, after) => {
    const trial = new Trial();
    const flow = trial.start('run', 'flow.js', '-q', '--output', 'json', '--concurrency', '4');
    const recipe = trial.start('exec', '-q', '--', 'bash', 'recipe.sh');
    const over = Promise.all([flow.ended, recipe.ended]);
    await trial.begun(after, over);
    const pid = trial.find(victim);
    if (pid !== undefined) killIfAlive(pid);
    await over;

    const runs = { flow: trial.runId('workflow'), recipe: trial.runId('exec') };
    // What was cut off may take its time to be ended, but no longer than this.
    await Promise.all(
      trial
        .processes()
        .filter(({ command }) => !command.includes('pool-broker.js'))
        .map(({ pid: left }) => ended(left)),
    );
    const before = { flow: trial.settled(runs.flow), recipe: trial.settled(runs.recipe) };
    expect(before.flow).toEqual([...new Set(before.flow)]);
    expect(before.recipe).toEqual([...new Set(before.recipe)]);

    appendFileSync(trial.log, '-- resumed --\n');
    const resumed = await trial.start('resume', runs.flow, '-q', '--output', 'json').ended;
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'completed', result: CALLS });
    const again = await trial.start('exec', '-q', '--resume', runs.recipe, '--', 'bash', 'recipe.sh').ended;
    expect(again).toMatchObject({ code: 0, stderr: '' });
    for (let n = 0; n < CALLS; n += 1) {
      expect(readFileSync(path.join(trial.project.cwd, `out.${n}`), 'utf8')).toContain('"result":"ok"');
    }

    const all = trial.ran();
    const ranAgain = all.slice(all.indexOf('-- resumed --') + 1);
    expect(ranAgain.filter((prompt) => [...before.flow, ...before.recipe].includes(prompt))).toEqual([]);
    expect(existsSync(path.join(trial.places, 'too-many'))).toBe(false);
    const status = await trial.start('pool', 'status', '--json').ended;
    if (status.stdout.trim().startsWith('{')) {
      expect(JSON.parse(status.stdout)).toMatchObject({ taken: 0, lent: 0, waiting: 0 });
    }
  });
});
