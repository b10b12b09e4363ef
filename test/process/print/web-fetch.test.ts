/** WebFetch with real connections: what it gets, what it refuses, and what the model is told of it. */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ToolResult } from '../../../src/print/tools/tool.ts';
import { webFetch } from '../../../src/print/tools/web/web-fetch.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runPrint, STREAM } from './print-child.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const PAGES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/page': (r) =>
    void r
      .writeHead(200, HTML)
      .end('<title>T</title><script>bad()</script><h1>Head</h1><p>A <a href="/x">link</a></p>'),
  '/zip': (r) =>
    void r.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(gzipSync('<p>zipped</p>')),
  '/bomb': (r) =>
    void r.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(40_000_000))),
  '/endless': (r) => {
    r.writeHead(200, HTML);
    const more = (): boolean => r.write('x'.repeat(1_000_000), () => r.destroyed || more());
    more();
  },
  '/latin': (r) =>
    void r.writeHead(200, { 'content-type': 'text/plain; charset=latin1' }).end(Buffer.from([0xe9])),
  '/long': (r) => void r.writeHead(200, { 'content-type': 'text/plain' }).end('a'.repeat(150_000)),
  '/deep': (r) => void r.writeHead(200, HTML).end('<ul><li>'.repeat(5_000)),
  '/pdf': (r) => void r.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF'),
  '/none': (r) => void r.writeHead(404).end('secret body'),
  '/same': (r) => void r.writeHead(301, { location: '/page' }).end(),
  '/away': (r) => void r.writeHead(302, { location: 'http://other.example/there' }).end(),
  '/port': (r) => void r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  '/loop': (r) => void r.writeHead(302, { location: '/loop' }).end(),
  '/silent': () => {},
};

let site: Server;
let seen: string[];
let clock: ManualClock;
let questions: string[];

beforeEach(async () => {
  seen = [];
  questions = [];
  clock = new ManualClock();
  site = createServer((request, response) => {
    seen.push(request.url ?? '');
    PAGES[request.url ?? '']?.(response);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
});

const at = (page: string): string => `http://127.0.0.1:${(site.address() as AddressInfo).port}${page}`;

function open(isNamed = true, outputDir = temporaryFolder()) {
  const reader = {
    read: async (question: string) => {
      questions.push(question);
      return { kind: 'answer', text: 'the answer' } as const;
    },
  };
  const program = { clock, random: Math.random };
  const tool = webFetch({ program, reader, isNamed: () => isNamed, outputDir });
  return async (
    url: string,
    more: JsonObject = {},
    signal = new AbortController().signal,
  ): Promise<ToolResult> => await tool.run({ url, prompt: 'what?', ...more }, { signal, useId: 't' });
}

describe('a page', () => {
  test('is read as markdown by the small model, and not fetched twice in a quarter of an hour', async () => {
    const use = open();
    expect(await use(at('/page#part'))).toEqual({
      content: 'the answer',
      isError: false,
      forPrograms: expect.objectContaining({ bytes: 81, code: 200, codeText: 'OK', result: 'the answer' }),
    });
    expect(questions[0]).toContain('# Head\n\nA [link](/x)');
    expect(questions[0]).toContain('what?');
    expect(questions[0]).not.toContain('bad()');
    await use(at('/page'), { prompt: 'and what else?' });
    expect(questions[1]).toContain('and what else?');
    expect(seen).toEqual(['/page']);
    clock.advance(15 * 60_000 + 1);
    await use(at('/page'));
    expect(seen).toEqual(['/page', '/page']);
  });

  test('is unpacked, in its own charset, and read in parts when it is long', async () => {
    const use = open();
    await use(at('/zip'));
    await use(at('/latin'));
    expect(questions[0]).toContain('zipped');
    expect(questions[1]).toContain('é');
    expect((await use(at('/long'))).content).toMatch(/characters 0 to 100000 of 150000.*offset 100000\.\]$/);
    expect((await use(at('/long'), { offset: 100_000 })).content).toMatch(
      /characters 100000 to 150000 of 150000\.\]$/,
    );
    expect(questions[3]?.includes(`\n${'a'.repeat(50_000)}\n`)).toBe(true);
  });

  test('that is no text is kept in a file of the user alone', async () => {
    const dir = path.join(temporaryFolder(), 'new');
    const { content } = await open(true, dir)(at('/pdf'));
    const file = /saved to (\S+\.pdf)$/.exec(String(content))?.[1] ?? '';
    expect(path.dirname(file)).toBe(dir);
    expect(readFileSync(file, 'utf8')).toBe('%PDF');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('that is not there is told, without what came in its place', async () => {
    const { content, isError } = await open()(at('/none'));
    expect({ content, isError }).toEqual({
      content: 'The server answered 404 Not Found: there is no page to read.',
      isError: false,
    });
  });

  test.each([
    ['/bomb', 'larger than 10 MB'],
    ['/endless', 'larger than 10 MB'],
    ['/deep', 'cannot be read'],
    ['/loop', 'redirects more than 10 times'],
  ])('%s is given up', async (page, why) => {
    expect(await open()(at(page))).toMatchObject({ isError: true, content: expect.stringContaining(why) });
    expect(questions).toEqual([]);
  });

  test('that never comes is given up, and so is one when the session is interrupted', async () => {
    const use = open();
    const late = use(at('/silent'));
    await expect.poll(() => seen).toEqual(['/silent']);
    clock.advance(60_000);
    expect(await late).toMatchObject({ isError: true, content: expect.stringContaining('within 60 s') });
    const stop = new AbortController();
    const stopped = use(at('/silent'), {}, stop.signal);
    await expect.poll(() => seen).toHaveLength(2);
    stop.abort(new Error('stop'));
    await expect(stopped).rejects.toThrow('stop');
  });
});

describe('a redirect', () => {
  test('on the same host is followed, to another is told', async () => {
    const use = open();
    expect((await use(at('/same'))).content).toBe('the answer');
    expect(await use(at('/away'))).toMatchObject({
      content: expect.stringContaining('http://other.example/there'),
      forPrograms: { code: 302 },
    });
    expect((await use(at('/port'))).content).toContain('another place');
    expect(seen).toEqual(['/same', '/page', '/away', '/port']);
  });
});

describe('what lies inside', () => {
  test.each([
    'http://127.0.0.1:9/',
    'https://localhost:9/',
    'http://2130706433/',
    'http://[::1]:9/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
  ])('is refused: %s', async (url) => {
    expect(await open(false)(url)).toMatchObject({
      isError: true,
      content: expect.stringMatching(/lies inside of this machine or its network.*WebFetch\(domain:/),
    });
  });

  test('is refused when our own site is asked for, which then hears nothing', async () => {
    await open(false)(at('/page'));
    expect(seen).toEqual([]);
  });
});

test.each([
  ['ftp://example.com/', 'Unsupported protocol ftp:'],
  ['https://user:pw@example.com/', 'Invalid URL'],
  ['nonsense', 'Invalid URL'],
  [`https://example.com/${'x'.repeat(2_000)}`, 'Invalid URL'],
])('no address: %.40s', async (url, why) => {
  expect(await open()(url)).toMatchObject({ isError: true, content: expect.stringContaining(why) });
});

describe('in a session', () => {
  test('the small model is asked, and paid for beside the conversation', async () => {
    await using api = await FakeMessagesApi.start();
    const home = temporaryFolder();
    api.queue(
      reply().tool('WebFetch', { url: at('/page'), prompt: 'what is it' }),
      reply().text('a heading').usage({ input_tokens: 1_000_000, output_tokens: 0 }),
      reply().text('done'),
    );
    const { events, code } = await runPrint({
      args: ['-p', 'go', ...STREAM, '--allowedTools', 'WebFetch(domain:127.0.0.1)'],
      env: { ...api.env(home), ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5' },
      cwd: temporaryFolder(),
    });
    expect(code).toBe(0);
    const small = await api.request(2);
    expect(small.body).toMatchObject({ model: 'claude-haiku-4-5' });
    expect(small.toolNames).toEqual([]);
    expect(small.prompt).toContain('# Head');
    expect((await api.request(3)).messages.at(-1)).toMatchObject({
      content: [{ type: 'tool_result', content: 'a heading' }],
    });
    const result = events.at(-1);
    expect(result).toMatchObject({
      modelUsage: { 'claude-haiku-4-5': { inputTokens: 1_000_000, costUSD: 1 } },
      permission_denials: [],
    });
    expect(JSON.stringify(result?.['usage'])).not.toContain('1000000');
    expect(result?.['total_cost_usd']).toBeGreaterThan(1);
  });

  test('it needs permission, and permission for all of the web is none for what lies inside', async () => {
    await using api = await FakeMessagesApi.start();
    const use = reply().tool('WebFetch', { url: at('/page'), prompt: 'p' });
    const go = async (...args: string[]) => {
      api.queue(use, reply().text('done'));
      return await runPrint({
        args: ['-p', 'go', ...STREAM, ...args],
        env: { ...api.env(temporaryFolder()), IS_SANDBOX: '1' },
        cwd: temporaryFolder(),
      });
    };
    expect((await go()).events.at(-1)).toMatchObject({ permission_denials: [{ tool_name: 'WebFetch' }] });
    expect((await go('--allowedTools', 'WebFetch')).events.at(-1)).toMatchObject({ permission_denials: [] });
    await go('--dangerously-skip-permissions');
    expect(seen).toEqual([]);
  });
});
