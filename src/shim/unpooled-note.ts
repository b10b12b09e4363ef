/** A call that ran outside the pool, because nobody answered for it, is noted where `andwait doctor` looks. */
import { makePrivateDir, stateDir } from '../journal/state-dir.ts';
import { type IgnoredSettingNote, type UnpooledNote, unpooledNotesFile } from '../journal/unpooled-notes.ts';
import { appendSmall } from '../wire/files/small-file.ts';
import type { ShimProgram } from './shim-program.ts';

/** Never throws. */
export function noteUnpooled(reason: string, program: ShimProgram): void {
  leave({ at: program.clock.now(), pid: program.pid, reason }, program);
}

/** Never throws. `ignored` quotes it. */
export function noteIgnoredSetting(ignored: string, program: ShimProgram): void {
  leave({ at: program.clock.now(), pid: program.pid, ignored }, program);
}

/** A note is no reason to fail. */
function leave(note: UnpooledNote | IgnoredSettingNote, program: ShimProgram): void {
  try {
    const state = stateDir(program);
    makePrivateDir(state, program.uid);
    appendSmall(unpooledNotesFile(state), `${JSON.stringify(note)}\n`);
  } catch {
    // Then nobody learns of it.
  }
}
