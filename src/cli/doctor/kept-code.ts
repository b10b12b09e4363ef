/** The bytecode that makes print mode start quicker: whether the next call can take it up, and make it anew. Without it all works. */
import { lstatSync, readFileSync } from 'node:fs';
import type { Program } from '../../core/program.ts';
import { isOursAlone, type KeptCode, keptCode, keptCodeDir, unsealed } from '../../journal/kept-code.ts';
import { stateDir } from '../../journal/state-dir.ts';
import { megabytesText } from '../../report/text/figures.ts';
import type { Check, Finding } from './finding.ts';
import { mayBeWritten } from './state-folder.ts';

const about = 'bytecode';

export const checkKeptCode: Check = async (program) => {
  const dir = keptCodeDir(stateDir(program));
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return [{ about, level: 'ok', message: 'none is kept yet' }];
  if (!stat.isDirectory() || !isOursAlone(stat, program.uid)) {
    return [
      slower(
        `${dir} is no folder of yours alone: nothing in it is run`,
        `move it away; the next call of print mode makes it anew`,
      ),
    ];
  }
  if (!mayBeWritten(dir))
    return [slower(`${dir} is not writable: nothing can be kept in it`, `chmod 700 ${dir}`)];
  const kept = keptCode(dir);
  const spoilt = kept.filter(({ file }) => !isSound(file, program)).map(damaged);
  return [...spoilt, { about, level: 'ok', message: sizeOf(kept, dir) }];
};

function slower(message: string, remedy: string): Finding {
  return { about, level: 'note', message: `${message}; print mode starts slower`, remedy };
}

function damaged({ file }: KeptCode): Finding {
  return slower(`${file} is damaged, or not yours alone, and is passed over`, `rm ${file}`);
}

function sizeOf(kept: readonly KeptCode[], dir: string): string {
  const bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  return `${kept.length} ${kept.length === 1 ? 'file' : 'files'}, ${megabytesText(bytes)} in ${dir}`;
}

/** A draft is whatever it is: nobody runs it. */
function isSound(file: string, { uid }: Pick<Program, 'uid'>): boolean {
  if (file.endsWith('.tmp')) return true;
  try {
    return isOursAlone(lstatSync(file), uid) && unsealed(readFileSync(file)) !== undefined;
  } catch {
    return false;
  }
}
