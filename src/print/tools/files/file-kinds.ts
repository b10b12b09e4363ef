/** The kinds of files that ripgrep has names for, as far as models use them. */
import { ToolFailure } from '../typed-tool.ts';

const KINDS: Readonly<Record<string, string>> = {
  c: '.c .h',
  cpp: '.cpp .cc .cxx .hpp .hh .hxx .h .inl',
  csharp: '.cs',
  css: '.css .scss',
  go: '.go',
  html: '.html .htm .ejs',
  java: '.java .jsp',
  js: '.js .jsx .mjs .cjs .vue',
  json: '.json',
  kotlin: '.kt .kts',
  lua: '.lua',
  markdown: '.md .markdown .mdx',
  md: '.md .markdown .mdx',
  php: '.php',
  py: '.py .pyi',
  python: '.py .pyi',
  ruby: '.rb .gemspec',
  rust: '.rs',
  scala: '.scala .sbt',
  sh: '.sh .bash .zsh .ksh .fish',
  sql: '.sql .psql',
  swift: '.swift',
  toml: '.toml',
  ts: '.ts .tsx .mts .cts',
  txt: '.txt',
  xml: '.xml .xsd .xsl .xslt',
  yaml: '.yaml .yml',
};

export function extensionsOf(kind: string): readonly string[] {
  const extensions = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (extensions !== undefined) return extensions.split(' ');
  throw new ToolFailure(
    `Unknown type ${kind}. Known are ${Object.keys(KINDS).join(', ')}; or use glob, like *.ext.`,
  );
}
