/** Starts print mode, which lies beside this file as one program, with what V8 made of that in an earlier run. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateDir } from '../journal/state-dir.ts';
import { runCached } from './code-cache.ts';

/** Put in by the build. */
declare const PROGRAM_HASH: string;

/** These end before they have used much. */
const SMALL = ['-v', '--version', '-h', '--help', '--rehearse'];

runCached(
  { file: path.join(path.dirname(fileURLToPath(import.meta.url)), 'print-program.js'), hash: PROGRAM_HASH },
  {
    stateDir: placeOfState(),
    uid: process.getuid?.() ?? 0,
    isWorthKeeping: () => process.exitCode === 0 && !process.argv.some((word) => SMALL.includes(word)),
  },
);

function placeOfState(): string | undefined {
  try {
    return stateDir({ env: process.env, homeDir: process.env['HOME'] || os.userInfo().homedir });
  } catch {
    // No home, or a setting that is none: for the program itself to complain of, where it needs one.
    return undefined;
  }
}
