/** Bundles the programs into dist/: one start-up's worth of parsing each, the rest in chunks loaded on demand. */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeLicences } from './licences.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
/** Built here and moved over in one step: a build that fails, or a program that runs meanwhile, sees a whole folder. */
const draft = path.join(root, `dist.${process.pid}`);

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const requireBanner =
  "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);";

/** The language prelude that runs inside the sandbox: built first, because the script host carries it as text. */
async function buildPrelude() {
  const result = await build({
    ...shared,
    platform: 'neutral',
    mainFields: ['main'],
    format: 'iife',
    entryPoints: ['src/script/prelude/main.ts'],
    write: false,
    // The value of the whole text is the bridge; nothing of it becomes a global of the realm.
    globalName: 'prelude',
    banner: { js: '(()=>{' },
    footer: { js: 'return prelude.bridge})()' },
    minifySyntax: true,
    minifyWhitespace: true,
  });
  return { text: result.outputFiles[0].text, metafile: result.metafile };
}

/** `import text from 'virtual:prelude'` is the built prelude. */
function preludeText(text) {
  return {
    name: 'prelude-text',
    setup(builder) {
      builder.onResolve({ filter: /^virtual:prelude$/ }, () => ({
        path: 'prelude',
        namespace: 'prelude-text',
      }));
      builder.onLoad({ filter: /.*/, namespace: 'prelude-text' }, () => ({ contents: text, loader: 'text' }));
    },
  };
}

/** The sandboxed child may read its own file only, so it is one file. */
async function buildScriptHost(prelude) {
  return await build({
    ...shared,
    format: 'cjs',
    entryPoints: ['src/bin/script-host.ts'],
    outfile: path.join(draft, 'script-host.cjs'),
    plugins: [preludeText(prelude.text)],
  });
}

async function buildPublicPrograms() {
  return await build({
    ...shared,
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    entryPoints: ['src/bin/andwait.ts', 'src/bin/andwait-print.ts'],
    outdir: draft,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: requireBanner },
  });
}

/** Started by the hundred, or kept small for its children's sake: one file, nothing in it that it does not need. */
async function buildSingleFile(name) {
  return await build({
    ...shared,
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    entryPoints: [`src/bin/${name}.ts`],
    outfile: path.join(draft, `${name}.js`),
    banner: { js: requireBanner },
  });
}

/** Started for every call: CommonJS, because Node takes 25 ms to give an ES module its own modules. */
async function buildShim() {
  return await build({
    ...shared,
    format: 'cjs',
    minify: true,
    entryPoints: ['src/bin/claude-shim.ts'],
    outfile: path.join(draft, 'claude-shim.cjs'),
    define: { 'import.meta.url': '__entryUrl' },
    banner: { js: "const __entryUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}

const BUNDLES = {
  'script-host': async () => {
    const prelude = await buildPrelude();
    return [prelude.metafile, (await buildScriptHost(prelude)).metafile];
  },
  'agent-host': async () => [(await buildSingleFile('agent-host')).metafile],
  'claude-shim': async () => [(await buildShim()).metafile],
  'pool-broker': async () => [(await buildSingleFile('pool-broker')).metafile],
  programs: async () => {
    const { metafile } = await buildPublicPrograms();
    await makeExecutable(path.join(draft, 'andwait.js'), SH_THEN_NODE);
    await makeExecutable(path.join(draft, 'andwait-print.js'), '#!/usr/bin/env node\n');
    return [metafile];
  },
};

/**
 * Read as sh, then as JavaScript, to which it is a string and a comment. Node makes ignored signals deadly before any
 * of our code runs: which those are (`nohup`, a script's `&`) is only known before it starts.
 */
const SH_THEN_NODE = `#!/bin/sh
':' //; aw_i=; [ -r /proc/self/status ] && while read -r aw_k aw_v; do [ "$aw_k" = SigIgn: ] && aw_i=$aw_v && break; done </proc/self/status; ANDWAIT_IGNORED="$$:$aw_i" exec node "$0" "$@"
`;

async function makeExecutable(file, start) {
  const text = await readFile(file, 'utf8');
  if (!text.startsWith('#!')) await writeFile(file, `${start}${text}`);
  await chmod(file, 0o755);
}

/** Builds into dist/ and returns that folder. A whole build leaves nothing of yesterday's; a partial one keeps the rest. */
export async function buildPrograms(only = Object.keys(BUNDLES)) {
  const whole = only.length === Object.keys(BUNDLES).length;
  await mkdir(draft, { recursive: true });
  try {
    if (!whole && existsSync(dist)) await cp(dist, draft, { recursive: true });
    const metafiles = (await Promise.all(only.map((name) => BUNDLES[name]()))).flat();
    if (whole) await writeLicences(root, path.join(draft, 'THIRD-PARTY-LICENCES.txt'), metafiles);
    await rm(dist, { recursive: true, force: true });
    await rename(draft, dist);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return dist;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  await buildPrograms(names.length > 0 ? names : undefined);
}
