/**
 * Loaded into a program with --import: kills it with SIGKILL before or after the n-th of one kind of step. The steps
 * are the operating system's, so the program itself knows nothing of crash points.
 * ANDWAIT_TEST_CRASH=before|after:append|sync|spawn|rename|held:n
 */
import childProcess from 'node:child_process';
import fsSync from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [when, step, nth] = (process.env.ANDWAIT_TEST_CRASH ?? '').split(':');
let left = Number(nth);

function die() {
  process.kill(process.pid, 'SIGKILL');
  // SIGKILL is delivered before the next instruction of user code, but say so rather than rely on it.
  for (;;);
}

/** Wraps one step, sync or not. */
function around(call) {
  return function stepped(...args) {
    const isIt = --left === 0;
    if (isIt && when === 'before') die();
    const result = call.apply(this, args);
    if (!isIt || when !== 'after') return result;
    if (typeof result?.then !== 'function') die();
    return result.then(die);
  };
}

/** Handles of journals only: transcripts are appended to as well, and are not what a run is resumed from. */
async function patchJournalHandles(method) {
  const open = fs.open;
  fs.open = async (file, ...rest) => {
    const handle = await open(file, ...rest);
    if (String(file).endsWith('journal.ndjson')) handle[method] = around(handle[method]);
    return handle;
  };
}

switch (step) {
  case 'append':
    await patchJournalHandles('writeFile');
    break;
  case 'sync':
    await patchJournalHandles('datasync');
    break;
  case 'spawn':
    childProcess.spawn = around(childProcess.spawn);
    break;
  case 'rename':
    fs.rename = around(fs.rename);
    break;
  /** The broker's note of who holds which slot. */
  case 'held':
    fsSync.writeSync = around(fsSync.writeSync);
    break;
  default:
    throw new Error(`no such crash point: ${process.env.ANDWAIT_TEST_CRASH}`);
}
syncBuiltinESMExports();
