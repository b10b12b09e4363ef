/** The figures, as ratios against floors measured in the same run. `node bench/bench.mjs [spawn|runtime|decode|journal|pool|shim|print|queue|sessions|startup …]` */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchDecode } from './decode.mjs';
import { benchJournal } from './journal.mjs';
import { benchPool } from './pool.mjs';
import { benchPrint } from './print.mjs';
import { benchQueue } from './queue.mjs';
import { benchRuntime } from './runtime.mjs';
import { benchSessions } from './sessions.mjs';
import { benchShim } from './shim.mjs';
import { benchSpawn } from './spawn.mjs';
import { benchStartup } from './startup.mjs';

const dist = path.resolve('dist');
const andwait = path.join(dist, 'andwait.js');
const dir = mkdtempSync(path.join(os.tmpdir(), 'andwait-bench-'));
mkdirSync(path.join(dir, 'bin'));

const BENCHES = {
  spawn: () => benchSpawn(dir, andwait),
  runtime: () => benchRuntime(dir, andwait),
  decode: () => benchDecode(dir),
  journal: () => benchJournal(dir, andwait),
  pool: () => benchPool(dir, dist),
  shim: () => benchShim(dir, dist),
  print: () => benchPrint(dir, dist),
  queue: () => benchQueue(dir, andwait),
  sessions: () => benchSessions(dir, andwait),
  startup: () => benchStartup(dir, dist),
};

const wanted = process.argv.slice(2);
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, medians`);
try {
  for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) await BENCHES[name]();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
