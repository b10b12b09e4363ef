/** Makes a test of each row of a table, where the real program is installed. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ANDWAIT_TEST_CLAUDE, installedClaude } from '../agent/programs.ts';
import type { Case } from './case.ts';
import { verdictOn } from './compare.ts';
import { type ProgramUnderComparison, seenOf } from './program.ts';
import { shapeOf } from './shape.ts';

const OURS: ProgramUnderComparison = {
  name: 'andwait-print',
  command: [process.execPath, path.resolve(import.meta.dirname, '../../../dist/andwait-print.js')],
};

/** Two programs, up to three calls each, with pauses before retries. */
const LIMIT_MS = 90_000;

/** Where it is named: a program that happens to be on PATH may be of any version, and the tables are of one. */
const NAMED = process.env[ANDWAIT_TEST_CLAUDE] ?? '';

export async function sideBySide(subject: string, cases: readonly Case[]): Promise<void> {
  if (NAMED === '') {
    const notice = `set ${ANDWAIT_TEST_CLAUDE} to the path of a claude to compare it with andwait-print`;
    describe.skip(`${subject}: ${notice}`, () => test.each(cases)('$title', () => {}));
    return;
  }
  const installed = await installedClaude(process.env);
  if (installed.kind === 'absent') throw new Error(installed.notice);
  const claude: ProgramUnderComparison = { name: 'claude', command: [path.resolve(NAMED)] };
  describe(`${subject}: andwait-print beside ${installed.agent.title}`, () => {
    test.for(cases)('$title', { timeout: LIMIT_MS }, async (one, { signal }) => {
      const [theirs, ours] = await Promise.all([
        shapeFrom(claude, one, signal),
        shapeFrom(OURS, one, signal),
      ]);
      expect(verdictOn(theirs, ours, one.differences ?? [])).toEqual({ undeclared: [], vanished: [] });
    });
  });
}

async function shapeFrom(program: ProgramUnderComparison, one: Case, signal: AbortSignal) {
  return shapeOf(await seenOf(program, one, { dir: realpathSync(temporaryFolder()), signal }));
}
