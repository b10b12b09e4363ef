/** One run over three hosts with a network each, one of which is cut off in the middle, for shorter and for longer than a lock lasts. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { suiteFolder } from '../support/programs/shell-project.ts';
import type { Stamp } from '../support/queue/agent-stamps.ts';
import {
  type Cut,
  HostNetwork,
  SWITCH_ADDRESS,
  whyNoNamespaces,
} from '../support/queue/network-namespaces.ts';
import { describeServers, type ServerKind } from '../support/queue/queue-servers.ts';
import { type StampingHost, StampingHosts } from '../support/queue/stamping-hosts.ts';

const HOSTS = ['one', 'two', 'three'] as const;
const CLIENT = 'client';
const SLOTS = 4;
const CAP = 12;
/** Some end while their host is cut off, others are at work until it is known that they are lost. */
const WORK_S = [4, 20] as const;
const SHORT_MS = 6000;
/** Longer than a lock, and than the look for locks that nobody renewed. */
const LONG_MS = 26_000;

const suite = suiteFolder();
const missing = whyNoNamespaces();

if (missing === undefined) describeServers('hosts that are cut off', trialsOn);
else {
  process.stderr.write(`\nhosts that are cut off: ${missing}\n`);
  test.skip(`hosts that are cut off: ${missing}`, () => {});
}

async function stage(kind: ServerKind, calls: number) {
  const network = new HostNetwork([...HOSTS, CLIENT]);
  const namespace = network.switchNamespace;
  const { url } = await kind.start({ address: SWITCH_ADDRESS, namespace, appendOnly: true });
  const run = new StampingHosts({ suite, url, calls, workS: WORK_S, into: network.into(CLIENT) });
  const hosts = HOSTS.map((name) => run.host(name, { slots: SLOTS, cap: CAP, into: network.into(name) }));
  await Promise.all(hosts.map((host) => host.start()));
  return { network, run, hosts, stamps: run.stamps };
}

async function goodEnd(run: StampingHosts, client: ReturnType<StampingHosts['run']>): Promise<void> {
  const { code, stdout, stderr } = await client.ended;
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual(run.expected);
  expect(run.settled().toSorted()).toEqual(run.expected.map((_, n) => `item ${n}`).toSorted());
  expect(run.stamps.most).toBeLessThanOrEqual(CAP);
}

/** Each lets its agents finish, and none of it is alive afterwards. */
async function allStop(run: StampingHosts, hosts: readonly StampingHost[]): Promise<void> {
  for (const { worker } of hosts) worker.child.kill('SIGTERM');
  for (const { worker } of hosts) expect(await worker.ended).toMatchObject({ code: 0 });
  expect(run.stamps.alive).toEqual([]);
}

function trialsOn(kind: ServerKind): void {
  test.each(['one', CLIENT])(
    '%s is cut off for less than a lock: nobody’s agent is lost',
    async (cut) => {
      const { network, run, hosts, stamps } = await stage(kind, 36);
      const client = run.run();
      await stamps.until(() => stamps.of('began').length >= CAP, client.ended);
      network.cut(cut, 'nothing comes through');
      await pause(SHORT_MS);
      network.join(cut, 'nothing comes through');
      await goodEnd(run, client);
      expect(stamps.of('began')).toHaveLength(36);
      await allStop(run, hosts);
    },
    5 * 60_000,
  );

  test.each<Cut>(['plug pulled', 'nothing comes through'])(
    'a host that is cut off for longer (%s) has its agents ended and its calls run by others, and goes on afterwards',
    async (how) => {
      const { network, run, hosts, stamps } = await stage(kind, 90);
      const client = run.run();
      await stamps.until(() => stamps.of('began').length >= CAP, client.ended);
      const long = stamps.alive.find(({ prompt }) => /[13579]$/.test(prompt));
      if (long === undefined) throw new Error('nobody has begun a long call');
      const cut = long.on;
      const here = (what: Stamp['what']) =>
        stamps.of(what).flatMap(({ on, prompt }) => (on === cut ? [prompt] : []));
      network.cut(cut, how);
      const begun = here('began').length;
      await pause(LONG_MS);
      expect(here('gone')).toContain(long.prompt);
      expect(stamps.alive.filter(({ on }) => on === cut)).toEqual([]);
      expect(here('began')).toHaveLength(begun);
      const lost = [...here('gone'), ...here('ended')];
      network.join(cut, how);
      const joined = performance.now();
      await stamps.until(() => here('began').length > begun, client.ended);
      const backS = (performance.now() - joined) / 1000;
      process.stdout.write(
        `${kind.title}, ${how}: ${lost.length} lost, takes calls again after ${backS} s\n`,
      );
      await goodEnd(run, client);
      expect(here('began').length).toBeGreaterThan(begun);
      const again = (prompt: string): boolean =>
        stamps.of('began').filter((stamp) => stamp.prompt === prompt).length > 1;
      expect(lost.filter((prompt) => !again(prompt))).toEqual([]);
      await allStop(run, hosts);
    },
    5 * 60_000,
  );

  test(
    'a client that is cut off for longer loses no agent',
    async () => {
      const { network, run, hosts, stamps } = await stage(kind, 36);
      const client = run.run();
      await stamps.until(() => stamps.of('began').length >= CAP, client.ended);
      network.cut(CLIENT, 'nothing comes through');
      await pause(LONG_MS);
      network.join(CLIENT, 'nothing comes through');
      await goodEnd(run, client);
      expect(stamps.of('began')).toHaveLength(36);
      await allStop(run, hosts);
    },
    5 * 60_000,
  );
}
