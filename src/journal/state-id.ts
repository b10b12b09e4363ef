/** A name for a state folder that no other has: hosts may share theirs, and one host may have several. Drawn when it is first asked for. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/exit.ts';
import { randomDigits } from '../wire/random-digits.ts';

const CHARACTERS = 24;
const SOUND = /^[0-9a-z]{24}$/;

export function stateId(
  stateDir: string,
  { pid, random }: { readonly pid: number; readonly random: () => number },
): string {
  const file = path.join(stateDir, 'id');
  const draft = path.join(stateDir, `id.${pid}.${randomDigits(6, 36, random)}`);
  const known = read(file);
  if (known !== undefined) return known;
  writeFileSync(draft, `${randomDigits(CHARACTERS, 36, random)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // Of two that draw at once, the first is heard.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const drawn = read(file);
  if (drawn === undefined) throw new UserError(`${file} is damaged; remove it`);
  return drawn;
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (SOUND.test(text)) return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new UserError(`${file} is damaged; remove it`);
}
