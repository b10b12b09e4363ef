/** Plausible text for a property's name, the same for the same subject: `file` is a path, `severity` a word, `title` a headline. */
import type { Place } from './place.ts';
import { wordsOf } from './property-words.ts';

const FILES = [
  ...[
    'src/auth/session.ts',
    'src/http/router.ts',
    'src/store/cache.ts',
    'lib/parse/header.js',
    'pkg/queue/worker.go',
  ],
  ...['app/models/invoice.py', 'src/cli/flags.ts', 'web/forms/upload.tsx', 'internal/db/migrate.go'],
  ...['src/report/export.ts', 'scripts/release.sh', 'test/fixtures/orders.json'],
];
const TOPICS = [
  ...['session expiry', 'route matching', 'cache invalidation', 'header parsing', 'queue back-pressure'],
  ...['invoice rounding', 'flag handling', 'upload limits', 'schema migration', 'report export'],
  ...['release script', 'order fixtures'],
];
const SYMBOLS = [
  ...['parseSession', 'matchRoute', 'evictEntry', 'readHeader', 'drainQueue', 'roundTotal'],
  ...['readFlags', 'limitUpload', 'applyMigration', 'exportReport', 'tagRelease', 'loadOrders'],
];

/** A list is asked in turn, a function with the subject. */
type Wording = readonly string[] | ((subject: number) => string);

/** The first entry that knows one of the name's words, from its last word on, says the text. */
const WORDINGS: readonly (readonly [RegExp, Wording])[] = [
  [
    /^(url|urls|uri|link|links|href|website|homepage|source|sources)$/,
    (n) => `https://example.com/${slug(n)}`,
  ],
  [/^(file|files|path|paths|filename|filepath|module|modules)$/, FILES],
  [/^(dir|directory|folder|package)$/, (n) => (cycle(FILES, n).match(/^.*(?=\/)/) ?? ['src'])[0]],
  [/^(function|functions|symbol|symbols|method|class|identifier|variable)$/, SYMBOLS],
  [/^(id|ids|key|keys|uuid|ref|ticket)$/, (n) => `item-${n + 1}`],
  [/^(slug|branch|tag|tags|keyword|keywords|label|labels)$/, (n) => slug(n)],
  [/^(email|mail)$/, (n) => `person${n + 1}@example.com`],
  [/^(author|owner|user|person|assignee)$/, ['Ada', 'Grace', 'Edsger', 'Barbara']],
  [/^(severity|priority|level|risk|impact|importance)$/, ['high', 'medium', 'low', 'critical']],
  [/^(status|state|phase|stage)$/, ['done', 'open', 'in progress']],
  [/^(verdict|decision|outcome|conclusion|judgement|judgment)$/, ['confirmed', 'rejected', 'unclear']],
  [
    /^(category|kind|type|area|topic|topics|theme|dimension)$/,
    ['correctness', 'security', 'performance', 'clarity'],
  ],
  [/^(language|lang)$/, ['TypeScript', 'Python', 'Go', 'Rust']],
  [/^(date|day|deadline)$/, (n) => `2026-01-${String(n + 1).padStart(2, '0')}`],
  [/^(time|timestamp|at)$/, (n) => `2026-01-${String(n + 1).padStart(2, '0')}T08:00:00Z`],
  [/^(version)$/, (n) => `1.${n}.0`],
  [/^(command|cmd)$/, ['npm test', 'git log --oneline', 'make check']],
  [/^(code|snippet|patch|diff|example)$/, (n) => `${cycle(SYMBOLS, n)}(input) ?? fallback`],
  [/^(commit|sha|hash)$/, (n) => (0xa11ce + n * 0x10001).toString(16).padStart(12, '0')],
  [/^(question|questions|query|queries)$/, (n) => `How does ${cycle(TOPICS, n)} behave at its limits?`],
  [
    /^(title|headline|heading|subject|name|names|issue|finding|claim|bug|task|idea|item)$/,
    (n) => `${capital(cycle(TOPICS, n))} needs a closer look`,
  ],
  [
    /^(fix|suggestion|recommendation|recommendations|action|remedy|step|steps|plan|next)$/,
    (n) => `Write a test for ${cycle(TOPICS, n)}, then simplify it`,
  ],
  [
    /^(reason|rationale|why|evidence|explanation|justification|cause)$/,
    (n) => `${capital(cycle(TOPICS, n))} is reached from ${cycle(SYMBOLS, n)} without a check (rehearsal)`,
  ],
];

export function namedText({ name, subject }: Place): string {
  const words = wordsOf(name).reverse();
  for (const word of words) {
    const wording = WORDINGS.find(([pattern]) => pattern.test(word))?.[1];
    if (wording !== undefined)
      return typeof wording === 'function' ? wording(subject) : cycle(wording, subject);
  }
  const what = words.length === 0 ? 'Text' : capital(words.reverse().join(' '));
  return `${what} about ${cycle(TOPICS, subject)} (rehearsal)`;
}

export function slugOf({ subject }: Place): string {
  return slug(subject);
}

function slug(subject: number): string {
  return cycle(TOPICS, subject).replaceAll(' ', '-');
}

/** Past the end of the list the words come again, with a number. */
function cycle(list: readonly string[], subject: number): string {
  const text = list[subject % list.length] ?? '';
  const round = Math.floor(subject / Math.max(12, list.length));
  return round === 0 ? text : `${text} ${round + 1}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
