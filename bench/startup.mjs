/** Start-up of each program on each Node that is here, beside a Node that does nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { inTurn, row, timed } from './measure.mjs';

const NODES = process.env.ANDWAIT_TEST_NODES ?? 'node_modules/.nodes';

export async function benchStartup(dir, dist) {
  const env = { ...process.env, ANDWAIT_HOME: path.join(dir, 'state') };
  for (const version of ['20', '22', '24']) {
    const node = path.resolve(NODES, `node_modules/node${version}/bin/node`);
    if (!existsSync(node)) {
      row(`start-up on Node ${version}`, 'not here', '`make test-matrix` fetches it');
      continue;
    }
    const start =
      (...args) =>
      () =>
        timed(node, args, { env });
    const figures = await inTurn(9, {
      bare: start('-e', '0'),
      'andwait --version': start(path.join(dist, 'andwait.js'), '--version'),
      'andwait-print --version': start(path.join(dist, 'andwait-print.js'), '--version'),
      'andwait-print --rehearse': start(path.join(dist, 'andwait-print.js'), '-p', 'x', '--rehearse'),
    });
    const { bare, ...programs } = figures;
    for (const [name, { wallMs }] of Object.entries(programs)) {
      const what = `start-up on Node ${version}: ${name}`;
      row(what, `${wallMs.toFixed(0)} ms`, `${(wallMs - bare.wallMs).toFixed(0)} ms above node -e 0`);
    }
  }
}
