/**
 * Seeded trials of one run over three hosts: workers and clients are killed or frozen, and the server stopped, at random
 * instants. ANDWAIT_SOAK_SEED, _TRIALS (of each server) and _CALLS choose.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { killBroker } from '../support/pool/pool-processes.ts';
import { suiteFolder } from '../support/programs/shell-project.ts';
import { describeServers, type ServerKind } from '../support/queue/queue-servers.ts';
import { AT_ONCE, StampingHosts } from '../support/queue/stamping-hosts.ts';
import { seeded } from '../support/seeded.ts';

const SEED = Number(process.env['ANDWAIT_SOAK_SEED'] ?? '1');
const TRIALS = Number(process.env['ANDWAIT_SOAK_TRIALS'] ?? '3');
const CALLS = Number(process.env['ANDWAIT_SOAK_CALLS'] ?? '1000');
const FAULTS = 4;
const CAP = 16;
/** Together more than the cap. */
const SLOTS = 8;
const WORK_S = [0.2, 0.6] as const;
/** Longer than a lock, and than the look for locks that nobody renewed. */
const FROZEN_MS = 22_000;
const LOCK_MS = 15_000;
const HOSTS = ['one', 'two', 'three'] as const;
const KINDS = ['worker killed', 'client killed', 'server stopped', 'worker frozen', 'broker killed'] as const;

interface Fault {
  readonly kind: (typeof KINDS)[number];
  readonly host: (typeof HOSTS)[number];
  /** So many agents have begun. */
  readonly after: number;
  /** Of the server. */
  readonly awayMs: number;
}

interface Plan {
  /** Whether Redis writes down what it is told. */
  readonly isKept: boolean;
  readonly faults: readonly Fault[];
}

const suite = suiteFolder();

describe(`faults of the queue, seed ${SEED}`, () => {
  describeServers('faults of the queue', trialsOn);
});

function trialsOn(kind: ServerKind): void {
  const random = seeded(SEED);
  const trials = Array.from({ length: TRIALS }, () => planned(random)).map(
    (plan, trial) => [trial, inWords(plan), plan] as const,
  );

  test.each(trials)(
    'trial %i: %s',
    async (trial, _words, plan) => {
      const server = await kind.start({ appendOnly: plan.isKept });
      const stage = new StampingHosts({ suite, url: server.url, calls: CALLS, workS: WORK_S });
      const { stamps, expected } = stage;
      const hosts = new Map(HOSTS.map((name) => [name, stage.host(name, { slots: SLOTS, cap: CAP })]));
      await Promise.all([...hosts.values()].map((host) => host.start()));
      const began = performance.now();
      let client = stage.run();
      const thawed: Promise<void>[] = [];
      for (const { kind: what, host: name, after, awayMs } of plan.faults) {
        await stamps.until(() => stamps.of('began').length >= after, client.ended);
        const host = hosts.get(name);
        if (host === undefined) throw new Error(`no host ${name}`);
        if (what === 'worker killed') {
          await host.kill();
          await host.start();
        } else if (what === 'client killed') {
          client.child.kill('SIGKILL');
          expect(await client.ended).toMatchObject({ signal: 'SIGKILL' });
          client = stage.resume();
        } else if (what === 'server stopped') {
          await server.stop();
          await pause(awayMs);
          await server.startAgain();
        } else if (what === 'broker killed') {
          for (const state of [host.state, stage.state]) killBroker(state);
        } else {
          const { worker } = host;
          worker.child.kill('SIGSTOP');
          thawed.push(pause(FROZEN_MS).then(() => void worker.child.kill('SIGCONT')));
        }
      }
      let end = await client.ended;
      // Begun while the server was away.
      while (end.stderr.includes('cannot be reached')) end = await stage.resume().ended;
      const { code, stdout, stderr } = end;
      const tookS = (performance.now() - began) / 1000;
      const figures = { trial, tookS, agents: stamps.of('began').length, most: stamps.most };
      process.stdout.write(`${kind.title} ${JSON.stringify(figures)}\n`);
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toEqual(expected);
      expect(stage.settled().toSorted()).toEqual(expected.map((_, n) => `item ${n}`).toSorted());
      // A server that forgot everything gives calls out anew before their hosts know that they have lost them.
      expect(stamps.most).toBeLessThanOrEqual(isSafe(kind, plan) ? CAP : 2 * CAP);
      expect(stamps.of('began').length).toBeLessThanOrEqual(CALLS + mostAgain(kind, plan));
      expect(await stage.left()).toEqual([]);

      await Promise.all(thawed);
      for (const { worker } of hosts.values()) worker.child.kill('SIGTERM');
      for (const { worker } of hosts.values()) expect(await worker.ended).toMatchObject({ code: 0 });
      expect(stamps.alive).toEqual([]);
    },
    10 * 60_000,
  );
}

function planned(random: () => number): Plan {
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const faults = Array.from({ length: FAULTS }, () => ({
    kind: oneOf(KINDS),
    host: oneOf(HOSTS),
    after: 1 + Math.floor(random() * (CALLS - 1)),
    // Now and then longer than a lock lasts.
    awayMs: Math.floor(random() * (random() < 0.25 ? 20_000 : 4000)),
  }));
  return { isKept: random() < 0.5, faults: faults.sort((a, b) => a.after - b.after) };
}

function inWords({ isKept, faults }: Plan): string {
  const each = faults.map(({ kind, host, after, awayMs }) => {
    if (kind === 'client killed') return `${kind} after ${after} agents`;
    return `${kind} (${kind === 'server stopped' ? `${awayMs} ms` : host}) after ${after} agents`;
  });
  return `${each.join(', ')}${isKept ? '' : '; Redis has no file'}`;
}

/** Whether what the server was told outlives it. */
function isSafe({ title }: ServerKind, { isKept }: Plan): boolean {
  return isKept || title !== 'Redis';
}

/** Agents whose outcome nobody can have: of a host that is gone, and of all when locks run out or are forgotten. */
function mostAgain(kind: ServerKind, plan: Plan): number {
  const isNothingLost = isSafe(kind, plan);
  const of = ({ kind: what, awayMs }: Fault): number => {
    if (what === 'client killed') return 0;
    if (what === 'server stopped') {
      // Answers that nobody has fetched yet are lost with the rest.
      if (!isNothingLost) return AT_ONCE;
      return awayMs + 5000 < LOCK_MS ? 0 : CAP;
    }
    return SLOTS;
  };
  return plan.faults.reduce((sum, fault) => sum + of(fault), 0);
}
