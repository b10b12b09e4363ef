/** Bundles the programs into dist/: one start-up's worth of parsing each, the rest in chunks loaded on demand. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
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

/** Where a file of ours asks where it lies, in CommonJS. */
const FILE_URL = '__fileUrl';
const fileUrl = `const ${FILE_URL} = require('node:url').pathToFileURL(__filename).href;`;

/** The language prelude that runs inside the sandbox: built first, because the script host carries it as text. */
export async function buildPrelude() {
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

/**
 * Node's own `Headers` and `FormData` bring all of undici with them (decision 0022). Inside Anthropic's packages the first
 * is ours; and where the client asks whether a request is a form, a file or a stream, which none of ours is, the answer is
 * no without a look at the classes.
 */
const lightGlobals = {
  name: 'light-globals',
  setup(builder) {
    const headers = JSON.stringify(path.join(root, 'src/print/api/http-headers.ts'));
    builder.onLoad({ filter: /node_modules\/@anthropic-ai\/.*\.m?js$/ }, async ({ path: file }) => {
      // Its warnings that a model or parameter is old: stderr is silent where nothing went wrong.
      const text = (await readFile(file, 'utf8')).replaceAll('console.warn(', 'void (');
      const first = [];
      if (/\bHeaders\b/.test(text)) {
        const isModule = /^(?:import|export) /m.test(text);
        first.push(
          isModule
            ? `import { HttpHeaders as Headers } from ${headers};`
            : `const { HttpHeaders: Headers } = require(${headers});`,
        );
      }
      const isClient = /\/sdk\/client\.m?js$/.test(file);
      if (isClient) first.push('class FormData {}');
      const rest = isClient ? text.replace(/globalThis\.(?:Blob|ReadableStream)\b/g, 'undefined') : text;
      return { contents: [...first, rest].join('\n'), loader: 'js' };
    });
  },
};

/** Its tables of emoji take 40 ms to compile, and most of what is measured is plain ASCII. */
const lateStringWidth = {
  name: 'late-string-width',
  setup(builder) {
    builder.onResolve({ filter: /^string-width$/ }, async ({ resolveDir, kind, pluginData }) => {
      if (pluginData === 'found') return undefined;
      const { path: file } = await builder.resolve('string-width', { resolveDir, kind, pluginData: 'found' });
      return { path: file, namespace: 'late-string-width' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'late-string-width' }, ({ path: file }) => ({
      contents: `
        export default function stringWidth(text, options) {
          if (typeof text === 'string' && /^[ -~]*$/.test(text)) return text.length;
          return require(${JSON.stringify(file)}).default(text, options);
        }`,
      resolveDir: path.dirname(file),
    }));
  },
};

/** It asks for the working folder while it is loaded, to look for a package.json above it; that folder may be gone. */
const placelessYargs = {
  name: 'placeless-yargs',
  setup(builder) {
    builder.onLoad({ filter: /\/yargs\/lib\/platform-shims\/esm\.mjs$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const asks = 'mainFilename: mainFilename || process.cwd()';
      if (!text.includes(asks)) throw new Error(`${file} no longer says ${asks}: see what it asks for now`);
      return { contents: text.replace(asks, "mainFilename: '/'"), loader: 'js' };
    });
  },
};

/**
 * Chunks that are loaded on demand, which esbuild makes of ES modules only, each then put into CommonJS: Node takes 10 ms to
 * set its ES modules up, and to give one of them `node:http` it loads everything that this could give, undici included.
 */
async function buildChunked(entryPoints, more = {}) {
  const { outputFiles, metafile } = await build({
    ...shared,
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    entryPoints,
    outdir: draft,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [lightGlobals, lateStringWidth, placelessYargs],
    define: { 'import.meta.url': FILE_URL },
    write: false,
    ...more,
  });
  const folders = new Set(outputFiles.map((file) => path.dirname(file.path)));
  await Promise.all([...folders].map(async (folder) => await mkdir(folder, { recursive: true })));
  await Promise.all(outputFiles.map(async (file) => await writeFile(file.path, await commonJs(file.text))));
  return { metafile };
}

async function commonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: shared.target,
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
  });
  return text.includes(FILE_URL) ? code.replace(/^("use strict";)?/, `"use strict";${fileUrl}`) : code;
}

/** One file, nothing in it that it does not need. */
async function buildSingleFile(name, more = {}) {
  return await build({
    ...shared,
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    entryPoints: [`src/bin/${name}.ts`],
    outfile: path.join(draft, `${name}.js`),
    banner: { js: fileUrl },
    ...more,
    define: { 'import.meta.url': FILE_URL, ...more.define },
  });
}

/** Bring megabytes for the few who ask for them (decision 0020): every start of print mode would have to read those. */
const PROVIDERS = ['bedrock-connection', 'foundry-connection', 'proxied-fetch', 'vertex-connection'];
const PROVIDERS_FOLDER = 'providers';

const providersApart = {
  name: 'providers-apart',
  setup(builder) {
    builder.onResolve({ filter: /^\.\/api\/[a-z-]+\.ts$/ }, ({ path: file }) => {
      const name = path.basename(file, '.ts');
      return PROVIDERS.includes(name)
        ? { path: `./${PROVIDERS_FOLDER}/${name}.js`, external: true }
        : undefined;
    });
  },
};

async function buildProviders() {
  return await buildChunked(
    PROVIDERS.map((name) => `src/print/api/${name}.ts`),
    {
      outdir: path.join(draft, PROVIDERS_FOLDER),
      chunkNames: '[name]-[hash]',
      minifyIdentifiers: true,
      keepNames: true,
    },
  );
}

/** Two thirds as much again, for the few sessions that run a workflow: built with `andwait`, and loaded by them alone. */
const separateRunner = {
  name: 'separate-runner',
  setup(builder) {
    builder.onResolve({ filter: /^\.\/workflow-runner\.ts$/ }, () => ({
      path: './workflow-runner.js',
      external: true,
    }));
  },
};

/**
 * One file with all that may be needed by most: what V8 made of it is kept as one piece, and of what a run does not use that piece
 * holds next to nothing. The starter is told its content, so that yesterday's piece is never taken for today's.
 */
async function buildPrint() {
  const program = await buildSingleFile('print-program', {
    plugins: [lightGlobals, providersApart, separateRunner],
    supported: { 'dynamic-import': false },
  });
  const text = await readFile(path.join(draft, 'print-program.js'));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const starter = await buildSingleFile('andwait-print', { define: { PROGRAM_HASH: JSON.stringify(hash) } });
  return [program.metafile, starter.metafile];
}

/** Started for every call. */
async function buildShim() {
  return await build({
    ...shared,
    format: 'cjs',
    minify: true,
    entryPoints: ['src/bin/claude-shim.ts'],
    outfile: path.join(draft, 'claude-shim.cjs'),
    define: { 'import.meta.url': FILE_URL },
    banner: { js: fileUrl },
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
    const [print, ...chunked] = await Promise.all([
      buildPrint(),
      // Print mode's workflows and the commands run by the same code: it lies there once.
      buildChunked(['src/bin/andwait.ts', 'src/bin/workflow-runner.ts']),
      buildProviders(),
    ]);
    await makeExecutable(path.join(draft, 'andwait.js'), SH_THEN_NODE);
    await makeExecutable(path.join(draft, 'andwait-print.js'), '#!/usr/bin/env node\n');
    return [...print, ...chunked.map(({ metafile }) => metafile)];
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
    // The package itself speaks of ES modules.
    await writeFile(path.join(draft, 'package.json'), '{ "type": "commonjs" }\n');
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
