/** One source file as a module of its own, for figures that a whole process would blur. */
import path from 'node:path';
import { build } from 'esbuild';

export async function bundled(entry, dir) {
  const outfile = path.join(dir, `${path.basename(entry, '.ts')}.mjs`);
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
  return await import(outfile);
}
