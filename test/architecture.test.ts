/** Holds the house: imports point down (types count), no cycles, and the world is touched at the edges only. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

/** A folder may import itself and any folder of a lower line. */
const LINES: Readonly<Record<string, number>> = {
  bin: 6,
  cli: 5,
  shim: 5,
  launch: 4,
  workflow: 3,
  broker: 3,
  script: 2,
  pool: 2,
  journal: 2,
  agent: 2,
  print: 2,
  queue: 2,
  report: 2,
  wire: 1,
  core: 0,
};

/** Who may reach for `process`, `console`, clocks and chance: the programs themselves, handed to everybody else. */
const EDGE_FOLDERS = new Set(['bin']);

/** Code that runs inside the sandbox's own realm, where these names are the author's and are being taken away. */
const INSIDE_SANDBOX = /^script\/prelude\//;

interface SourceFile {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly program: unknown;
  readonly imports: readonly string[];
}

const files = sourceFiles();

describe('layers', () => {
  test('every folder has a line', () => {
    const folders = new Set(files.map((file) => file.folder));
    expect([...folders].filter((folder) => LINES[folder] === undefined)).toEqual([]);
  });

  test('docs/ARCHITECTURE.md names every folder, so that nothing is where nobody would look', () => {
    const page = readFileSync(path.resolve(SRC, '../docs/ARCHITECTURE.md'), 'utf8');
    const inner = new Set(files.map(({ name }) => name.split('/').slice(1, -1)[0] ?? folderOf(name)));
    expect(
      [...inner].filter((folder) => !page.includes(`${folder}/`) && !page.includes(`src/${folder} `)),
    ).toEqual([]);
  });

  test('a file imports its own folder or a lower line', () => {
    const upward = files.flatMap((file) =>
      file.imports
        .filter(
          (target) => folderOf(target) !== file.folder && lineOf(folderOf(target)) >= lineOf(file.folder),
        )
        .map((target) => `${file.name} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('there are no cycles', () => {
    expect(cycles(files)).toEqual([]);
  });

  test('core stays small', () => {
    expect(files.filter((file) => file.folder === 'core').length).toBeLessThanOrEqual(8);
  });

  test('no drawers and no barrels', () => {
    const drawers = files.filter((file) => /(utils|helpers|common|manager|index)\.ts$/.test(file.name));
    expect(drawers.map((file) => file.name)).toEqual([]);
  });
});

describe('edges', () => {
  test('`process`, `console`, clocks and chance appear at the edges only', () => {
    const inside = files
      .filter((file) => !EDGE_FOLDERS.has(file.folder) && !INSIDE_SANDBOX.test(file.name))
      .flatMap((file) => worldTouchedBy(file));
    expect(inside).toEqual([]);
  });

  test('the test sees what it forbids', () => {
    const name = 'pool/bad.ts';
    const text =
      'const a = Date.now() + Math.random(); setTimeout(f); const b = new Date(); console.log(process.pid);';
    const found = worldTouchedBy({
      name,
      folder: 'pool',
      text,
      imports: [],
      program: parseSync(name, text).program,
    });
    expect(found.map((entry) => entry.split(': ')[1])).toEqual([
      'Date.now()',
      'Math.random()',
      'setTimeout()',
      'new Date()',
      'console',
      'process',
    ]);
  });
});

describe('size', () => {
  test('a file past 250 lines wants splitting', () => {
    const long = files.filter((file) => file.text.split('\n').length > 251);
    expect(long.map((file) => file.name)).toEqual([]);
  });
});

/** Calls that read a clock or draw by chance, and names that reach into the process. */
const CLOCKS_AND_CHANCE = new Set([
  'Date.now',
  'Math.random',
  'performance.now',
  'setTimeout',
  'setInterval',
  'randomUUID',
  'randomBytes',
]);
const OUTSIDE = new Set(['process', 'console']);

function worldTouchedBy({ name, program }: SourceFile): string[] {
  const found: string[] = [];
  const declared = new Set<string>();
  visit(program, (node) => {
    // A name that a function is handed is no longer the world's.
    visit(node['params'], (part) => {
      if (isNamed(part)) declared.add(part.name);
    });
    if (node['type'] === 'ImportDeclaration' && literalOf(node['source']) === 'node:process') {
      found.push(`${name}: node:process`);
    }
    if (node['type'] === 'CallExpression') {
      const callee = dotted(node['callee']);
      if (CLOCKS_AND_CHANCE.has(callee)) found.push(`${name}: ${callee}()`);
    }
    if (node['type'] === 'NewExpression' && dotted(node['callee']) === 'Date') {
      if (asArray(node['arguments']).length === 0) found.push(`${name}: new Date()`);
    }
    if (node['type'] === 'MemberExpression' && isNamed(node['object']) && OUTSIDE.has(node['object'].name)) {
      found.push(`${name}: ${node['object'].name}`);
    }
  });
  return found.filter((entry) => !declared.has(entry.split(': ')[1] ?? ''));
}

type Node = Readonly<Record<string, unknown>>;

function visit(node: unknown, look: (node: Node) => void): void {
  if (Array.isArray(node)) for (const part of node) visit(part, look);
  else if (typeof node === 'object' && node !== null) {
    look(node as Node);
    for (const part of Object.values(node)) visit(part, look);
  }
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isNamed(node: unknown): node is { readonly name: string } {
  return typeof node === 'object' && node !== null && (node as Node)['type'] === 'Identifier';
}

function literalOf(node: unknown): unknown {
  return (node as Node | undefined)?.['value'];
}

/** `Date.now` of a member expression, `setTimeout` of a plain name. */
function dotted(node: unknown): string {
  if (isNamed(node)) return node.name;
  const { type, object, property, computed } = (node ?? {}) as Node;
  return type === 'MemberExpression' && computed === false ? `${dotted(object)}.${dotted(property)}` : '';
}

function sourceFiles(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const text = readFileSync(path.join(SRC, name), 'utf8');
      const parsed = parseSync(name, text);
      return {
        name,
        folder: folderOf(name),
        text,
        program: parsed.program,
        imports: importsOf(name, parsed),
      };
    });
}

/** Relative imports, as paths below src: statements, re-exports, `import()` and type-only ones alike. */
function importsOf(name: string, { module, program }: ReturnType<typeof parseSync>): string[] {
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) =>
      entry.entries.flatMap((item) => item.moduleRequest?.value ?? []),
    ),
    ...dynamicSpecifiers(program),
  ];
  return [...new Set(specifiers)]
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.join(path.dirname(name), specifier))
    .filter((target) => !target.startsWith('..'));
}

function dynamicSpecifiers(program: unknown): string[] {
  const found: string[] = [];
  visit(program, (node) => {
    if (node['type'] !== 'ImportExpression' && node['type'] !== 'TSImportType') return;
    const source = literalOf(node['source'] ?? node['argument']);
    if (typeof source === 'string') found.push(source);
  });
  return found;
}

function folderOf(name: string): string {
  return name.split(path.sep)[0] ?? '';
}

function lineOf(folder: string): number {
  return LINES[folder] ?? Number.POSITIVE_INFINITY;
}

function cycles(all: readonly SourceFile[]): string[] {
  const byName = new Map(all.map((file) => [file.name, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      found.push([...trail.slice(trail.indexOf(name)), name].join(' → '));
      return;
    }
    state.set(name, 'open');
    for (const target of byName.get(name)?.imports ?? []) visit(target, [...trail, name]);
    state.set(name, 'done');
  };
  for (const file of all) visit(file.name, []);
  return found;
}
