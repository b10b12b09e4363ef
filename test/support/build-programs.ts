/** Builds the programs once before the tests, so that process tests never run yesterday's bundle. */
import { buildPrograms } from '../../build/build.mjs';

export async function setup(): Promise<void> {
  await buildPrograms();
}
