/** What the runtime itself costs an agent: a pipeline of 1,000 items whose agents answer inside the process. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inTurn, row, timed } from './measure.mjs';

const ITEMS = 1000;

const script = (items) => `export const meta = { name: 'pipeline-${items}', description: 'the runtime alone' }
const done = await pipeline(Array.from({ length: ${items} }, (_, n) => n), (n) => agent('item ' + n), (text) => text.length)
return done.length
`;

export async function benchRuntime(dir, andwait) {
  const env = { ...process.env, ANDWAIT_HOME: path.join(dir, 'state') };
  const run = (items) => {
    const file = path.join(dir, `pipeline-${items}.mjs`);
    writeFileSync(file, script(items));
    return () => timed(process.execPath, [andwait, 'run', file, '--rehearse', '--quiet'], { env });
  };
  const { empty, full } = await inTurn(5, { empty: run(0), full: run(ITEMS) });
  const perAgent = (full.cpuMs - empty.cpuMs) / ITEMS;
  row(
    `CPU of the runtime an agent, pipeline of ${ITEMS} answered in process`,
    `${perAgent.toFixed(2)} ms`,
    'aim 3 ms',
  );
  row(
    '  an empty script, whole process',
    `${empty.wallMs.toFixed(0)} ms wall`,
    `${empty.cpuMs.toFixed(0)} ms CPU`,
  );
}
