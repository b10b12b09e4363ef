/** Holds the house: imports point down (types count), no cycles, and the world is touched at the edges only. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

/** A folder may import itself and any folder of a lower line. */
const LINES: Readonly<Record<string, number>> = {
  bin: 5,
  cli: 4,
  shim: 4,
  workflow: 3,
  broker: 3,
  script: 2,
  pool: 2,
  journal: 2,
  agent: 2,
  print: 2,
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
  readonly imports: readonly string[];
}

const files = sourceFiles();

describe('layers', () => {
  test('every folder has a line', () => {
    const folders = new Set(files.map((file) => file.folder));
    expect([...folders].filter((folder) => LINES[folder] === undefined)).toEqual([]);
  });

  test('a file imports its own folder or a lower line', () => {
    const upward = files.flatMap((file) =>
      file.imports
        .filter((target) => folderOf(target) !== file.folder && lineOf(folderOf(target)) >= lineOf(file.folder))
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
  const GLOBALS = /(?<![\w.$'"`#])(process|console)\s*(\.|\[)/;
  const CLOCKS_AND_CHANCE =
    /(?<![\w$.])(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|setTimeout\(|setInterval\(|randomUUID\(|randomBytes\()/;

  test('`process`, `console`, clocks and chance appear at the edges only', () => {
    const inside = files
      .filter((file) => !EDGE_FOLDERS.has(file.folder) && !INSIDE_SANDBOX.test(file.name))
      .flatMap((file) => offending(file, GLOBALS).concat(offending(file, CLOCKS_AND_CHANCE)));
    expect(inside).toEqual([]);
  });

  test('`node:process` is imported at the edges only', () => {
    const inside = files.filter((file) => !EDGE_FOLDERS.has(file.folder) && /from 'node:process'/.test(file.text));
    expect(inside.map((file) => file.name)).toEqual([]);
  });
});

describe('size', () => {
  test('a file past 250 lines wants splitting', () => {
    const long = files.filter((file) => file.text.split('\n').length > 251);
    expect(long.map((file) => file.name)).toEqual([]);
  });
});

function offending(file: SourceFile, pattern: RegExp): string[] {
  return file.text
    .split('\n')
    .map((line, index) => ({ line: withoutComment(line), at: `${file.name}:${index + 1}` }))
    .filter(({ line }) => pattern.test(line))
    .map(({ line, at }) => `${at} ${line.trim()}`);
}

function withoutComment(line: string): string {
  return /^\s*(\/\*|\*|\/\/)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '');
}

function sourceFiles(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const text = readFileSync(path.join(SRC, name), 'utf8');
      return { name, folder: folderOf(name), text, imports: importsOf(name, text) };
    });
}

/** Relative imports, as paths below src: statements, re-exports, `import()` and type-only ones alike. */
function importsOf(name: string, text: string): string[] {
  const { module, program } = parseSync(name, text);
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap((item) => item.moduleRequest?.value ?? [])),
    ...dynamicSpecifiers(program),
  ];
  return [...new Set(specifiers)]
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.join(path.dirname(name), specifier))
    .filter((target) => !target.startsWith('..'));
}

function dynamicSpecifiers(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(dynamicSpecifiers);
  const record = node as Record<string, unknown>;
  const isImport = record['type'] === 'ImportExpression' || record['type'] === 'TSImportType';
  const source = (record['source'] ?? record['argument']) as { value?: unknown } | undefined;
  const own = isImport && typeof source?.value === 'string' ? [source.value] : [];
  return own.concat(Object.values(record).flatMap(dynamicSpecifiers));
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
