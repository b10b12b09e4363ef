/** The server of a queue goes down at once and comes back, in the middle of a run over three hosts: the programs as built. */
import { expect, test } from 'vitest';
import { suiteFolder } from '../../support/programs/shell-project.ts';
import { describeServers } from '../../support/queue/queue-servers.ts';
import { StampingHosts } from '../../support/queue/stamping-hosts.ts';

const CALLS = 24;
const CAP = 5;
const suite = suiteFolder();

describeServers('a server that is started again', ({ start }) => {
  test('every call is run once, and no more at once than the cap over all hosts', async () => {
    const server = await start({ appendOnly: true });
    const stage = new StampingHosts({ suite, url: server.url, calls: CALLS, workS: [0.1, 0.3] });
    const { stamps, expected } = stage;
    const hosts = ['one', 'two', 'three'].map((name) => stage.host(name, { slots: 3, cap: CAP }));
    await Promise.all(hosts.map((host) => host.start()));
    const client = stage.run();
    await stamps.until(() => stamps.of('began').length >= 10, client.ended);
    await server.stop();
    await server.startAgain();
    const { code, stdout, stderr } = await client.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(stage.settled()).toHaveLength(CALLS);
    expect(stamps.of('began')).toHaveLength(CALLS);
    expect(stamps.most).toBeLessThanOrEqual(CAP);
  }, 60_000);
});
