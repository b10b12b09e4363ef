/** Builds the programs once before the tests, so that process tests never run yesterday's bundle, and gives print mode's bytecode a place. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPrograms } from '../../build/build.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A state folder for sessions that keep nothing else in it: what the first compiles, all others start with. */
    readonly sharedState: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  await buildPrograms();
  const sharedState = mkdtempSync(path.join(os.tmpdir(), 'andwait-shared-state-'));
  project.provide('sharedState', sharedState);
  return () => rmSync(sharedState, { recursive: true, force: true });
}
