/** How a program ends whose main is a promise: as top-level await would have it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../../..');

async function ended(main: string): Promise<{ status: number | null; stderr: string }> {
  const contents = `import { endWith } from './src/bin/end-with.ts'; endWith(${main});`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const { status, stderr } = spawnSync(process.execPath, ['-e', outputFiles[0]?.text ?? ''], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

test.each<[string, string, number, string | RegExp]>([
  ['its number', 'Promise.resolve(3)', 3, ''],
  ['nothing left to wait for', 'new Promise(() => {})', 13, /still waiting for something/],
  ['a bug', 'Promise.reject(new Error("a bug"))', 1, /Error: a bug\n/],
])('%s', async (_name, main, status, stderr) => {
  const end = await ended(main);
  expect(end.status).toBe(status);
  expect(end.stderr).toMatch(typeof stderr === 'string' ? /^$/ : stderr);
});
