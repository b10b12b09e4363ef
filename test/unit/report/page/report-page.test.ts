import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import { PAGE_SCRIPT } from '../../../../src/report/page/page-script.ts';
import { PAGE_BYTES, reportPage } from '../../../../src/report/page/report-page.ts';
import {
  HOSTILE,
  hostileRun,
  largeRun,
  pageRun,
  replied,
  resumedRun,
  smallRun,
} from '../../../support/runs/page-runs.ts';

const OUR_TAGS =
  'html|head|meta|title|body|main|a|header|section|footer|p|h1|h2|h3|bdi|span|small|code|dl|div|dt|dd|details|summary|pre|u|i|b|ul|ol|li|br|table|thead|tbody|tr|th|td|svg|path|rect|time|form|fieldset|legend|label|input|select|option|button|kbd';
const OUR_ATTRIBUTES =
  'lang|charset|http-equiv|content|name|id|class|href|aria-\\w+|role|tabindex|scope|viewBox|preserveAspectRatio|d|x|width|height|dir|open|data-v|value|type|placeholder|autocomplete|spellcheck|hidden|checked|datetime';
const TAG = new RegExp(`^</?(?:${OUR_TAGS})(?: (?:${OUR_ATTRIBUTES})(?:="[^"<>]*")?)*/?>`);

/** What is not a tag of ours, of all that begins like one. */
function strangers(page: string): string[] {
  const marked = page
    .replace('<!doctype html>', '')
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(`<script>${PAGE_SCRIPT}</script>`, '');
  const starts = [...marked.matchAll(/</g)].map(({ index }) => marked.slice(index, index + 2_000));
  return starts.filter((start) => !TAG.test(start)).map((start) => start.slice(0, 18));
}

/** The text of a page's calls, in the order they stand. */
function callsIn(page: string): string[] {
  return page.slice(page.indexOf('id="list"')).split('<li id="c').slice(1);
}

describe('what agents say', () => {
  const page = reportPage(hostileRun());

  test('is never markup, wherever it stands', () => {
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;window.owned=1');
    expect(strangers(page)).toEqual([]);
    // The check sees what it forbids.
    expect(strangers(page.replace('<main>', `<main>${HOSTILE}`)).length).toBeGreaterThan(5);
    expect(strangers(page.replace('<main>', '<main onclick="x">'))).toEqual(['<main onclick="x">']);
  });

  test('holds no control or bidirectional characters', () => {
    expect(page).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
  });
});

describe('the page’s policy', () => {
  const page = reportPage(smallRun());
  const hashOf = (tag: string) => {
    const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page) ?? [];
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };

  test('stands before all else and knows script and style by their hashes', () => {
    const [, policy] =
      /^<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(
        page,
      ) ?? [];
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf('script')}`,
      `style-src ${hashOf('style')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('is not worked against by the script: it makes no markup and reaches nobody', () => {
    expect(PAGE_SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|createElement|fetch|XMLHttp|import|setAttribute|localStorage/,
    );
    expect(PAGE_SCRIPT).not.toContain('</');
  });
});

describe('the size', () => {
  const long = (at: number) => `${HOSTILE}${'<&é'.repeat(3_000)}${at}`;

  test.each<[string, number, (at: number) => string]>([
    ['1,000 calls with short texts', 1_000, () => ''],
    ['1,000 calls with long texts', 1_000, long],
    ['4,000 calls', 4_000, () => ''],
    ['one call with an endless text', 1, () => '<'.repeat(5_000_000)],
  ])('of a page of %s is bounded', (_, count, text) => {
    const page = reportPage(largeRun(count, text));
    expect(Buffer.byteLength(page)).toBeLessThan(PAGE_BYTES);
    expect(strangers(page)).toEqual([]);
  });

  test('of a page of 1,000 failures that say much is bounded', () => {
    const much = '<'.repeat(5_000);
    const outcome = failure('exit', much, { text: much, stderrTail: much });
    const plan = { label: much, phase: much, startedMs: 0, tookMs: 9, prompt: much, outcome };
    const page = reportPage(pageRun(Array.from({ length: 1_000 }, () => plan)));
    expect(Buffer.byteLength(page)).toBeLessThan(PAGE_BYTES);
  });

  test('bounds texts alike, says so, and says where they are whole', () => {
    const page = reportPage(largeRun(1_000, long));
    expect(page).toContain('Long texts are cut');
    const [call = ''] = callsIn(page);
    expect(call).toMatch(/<u>… [\d,]+ more characters<\/u>/);
    expect(call).toContain('Whole: <code>andwait logs 20261122-164824-a0wr 8</code>');
    expect(callsIn(page)).toHaveLength(1_000);
  });

  test('leaves out calls that went well before any that failed, and counts them', () => {
    const page = reportPage(largeRun(4_000));
    const calls = callsIn(page);
    const failed = calls.filter((call) => call.includes('class="failed"'));
    expect(failed).toHaveLength(160);
    expect(page).toContain(
      `${(4_000 - calls.length).toLocaleString('en')} more calls had no room on this page`,
    );
  });

  test('leaves short texts whole', () => {
    const page = reportPage(smallRun());
    expect(page).not.toMatch(/Long texts are cut|more characters/);
    expect(page).toContain('Find bugs in src/broker.\nName each with file and line.');
  });
});

describe('the calls', () => {
  test('stand in the order in which they want looking at', () => {
    const words = callsIn(reportPage(smallRun())).map((call) => /^\d+/.exec(call)?.[0]);
    expect(words).toEqual(['2', '3', '1', '4']);
  });

  test('tell prompt, steps, answer, tools, tokens and cost', () => {
    const call = callsIn(reportPage(smallRun())).find((text) => text.startsWith('1"')) ?? '';
    for (const part of [
      'find:src/agent',
      '15.1k in 640 out',
      '$0.01',
      'Glob × 1, Read × 1, Bash × 1',
      '<b>retry</b>',
      'Bash: npx vitest run test/unit/agent',
      '<b>error</b>',
      '"findings"',
    ]) {
      expect(call).toContain(part);
    }
  });

  test('a step that only says the answer again is not told', () => {
    const outcome = replied('The answer.');
    const events = [{ type: 'assistant', message: { content: [{ type: 'text', text: 'The answer.' }] } }];
    const plan = { label: 'x', startedMs: 0, tookMs: 1_000, prompt: 'p', outcome, events };
    expect(reportPage(pageRun([plan])).match(/The answer\./g)).toHaveLength(1);
  });

  test('whose prompt or work was not recorded say so', () => {
    const run = pageRun([{ label: 'x', startedMs: 0, tookMs: 1_000, prompt: 'p', outcome: replied('a') }], {
      kind: 'exec',
    });
    const calls = run.calls.map((call) => ({ ...call, story: undefined }));
    expect(reportPage({ ...run, calls })).toContain('Its prompt was not recorded.');
  });
});

describe('a run', () => {
  const open = { label: 'x', startedMs: 0, tookMs: 5_000, prompt: 'p', outcome: undefined };

  test('that is at work says how to see more', () => {
    const page = reportPage(pageRun([open], { status: 'running' }));
    expect(page).toContain('class="running"');
    expect(page).toMatch(/at work when this page was made. <code>andwait report/);
  });

  test('that was cut off has unfinished calls, and says how to go on', () => {
    const page = reportPage(pageRun([open], { status: 'unfinished', nextStep: 'andwait resume r' }));
    expect(page).toContain('class="unfinished"');
    expect(page).toContain('<code>andwait resume r</code>');
  });

  test('without calls or attempts', () => {
    const page = reportPage(pageRun([], { attempts: [], status: 'unfinished' }));
    expect(page).toContain('None was made.');
    expect(strangers(page)).toEqual([]);
  });

  test('that was resumed tells its attempts, and does not count what was asked again as failed', () => {
    const page = reportPage(resumedRun());
    expect(page).toContain('id="attempts"');
    expect(page).toContain('2 more in earlier attempts');
    expect(page).toContain('attempt</dt><dd>1, answer reused in 2');
    expect(page).not.toContain('<li class="bad">');
    expect(callsIn(page).filter((call) => call.includes('class="failed old"'))).toHaveLength(1);
  });

  test('that failed shows its error before anything it was asked', () => {
    const result = smallRun().result;
    if (result === undefined) throw new Error('no result');
    const error = { name: 'TypeError', message: 'x is no function', stack: undefined };
    const page = reportPage({
      ...smallRun(),
      status: 'failed',
      result: { ...result, status: 'failed', result: null, error },
    });
    expect(page.indexOf('TypeError: x is no function')).toBeLessThan(page.indexOf('id="asked"'));
  });

  test('with calls that failed alike tells of them once, with links', () => {
    const plans = Array.from({ length: 10 }, (_, at) => ({
      label: `call ${at}`,
      startedMs: at,
      tookMs: 10,
      prompt: 'p',
      outcome: failure('api-error', 'API Error: 529', { apiStatus: 529 }),
    }));
    const page = reportPage(pageRun(plans));
    expect(page).toContain('<b>× 10 api-error</b>');
    expect(page).toContain('<a href="#c1">#1 <bdi>call 0</bdi></a>');
  });
});
