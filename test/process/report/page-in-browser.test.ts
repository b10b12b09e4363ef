/**
 * The page in a real browser: what it does there, whether everybody can read it, and how it looks (pictures of it are
 * left in `test/output/report-page`). Skipped where there is no Chromium: `apt-get install chromium`, or name one with
 * ANDWAIT_TEST_CHROMIUM.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageRun } from '../../../src/report/page/page-run.ts';
import { reportPage } from '../../../src/report/page/report-page.ts';
import {
  type BrowserPage,
  chromiumPath,
  HeadlessChromium,
  type View,
} from '../../support/programs/headless-chromium.ts';
import { hostileRun, largeRun, resumedRun, smallRun } from '../../support/runs/page-runs.ts';

const OUTPUT = path.resolve(import.meta.dirname, '../../output/report-page');
/** Each is looked at in light and in dark. */
const DESKTOP: View = { width: 1280, height: 1600, scheme: 'light', isPhone: false };
const PHONE: View = { width: 390, height: 844, scheme: 'dark', isPhone: true };
const chromium = chromiumPath();

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describe.skipIf(chromium === undefined)(`in ${chromium ?? 'a browser: there is no Chromium here'}`, () => {
  let browser: HeadlessChromium;
  beforeAll(async () => {
    mkdirSync(OUTPUT, { recursive: true });
    browser = await HeadlessChromium.start(chromium ?? '');
  });
  afterAll(async () => await browser[Symbol.asyncDispose]());

  async function shown(name: string, run: PageRun, view: View): Promise<BrowserPage> {
    const file = path.join(OUTPUT, `${name}.html`);
    writeFileSync(file, reportPage(run));
    return await browser.open(file, view);
  }

  async function keepPicture(name: string, page: BrowserPage): Promise<void> {
    writeFileSync(path.join(OUTPUT, `${name}.png`), await page.screenshot());
  }

  describe.each<[string, PageRun]>([
    ['small', smallRun()],
    ['resumed', resumedRun()],
    ['hostile', hostileRun()],
  ])('%s', (name, run) => {
    test.each<[string, View]>([
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ])('on a %s: nothing is run, asked for or cut off, and everybody can read it', async (form, view) => {
      const page = await shown(name, run, view);
      await page.evaluate(axe.source);
      for (const scheme of ['light', 'dark'] as const) {
        await page.show({ ...view, scheme });
        await page.evaluate(`scrollTo({ top: 0, behavior: 'instant' })`);
        await keepPicture(`${name}-${form}-${scheme}`, page);
        await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
        await page.evaluate(`document.getElementById('calls').scrollIntoView({ behavior: 'instant' })`);
        await keepPicture(`${name}-${form}-${scheme}-calls`, page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
        // Between the two schemes nothing differs but colours.
        const rules = scheme === 'light' ? '' : `runOnly: ['color-contrast'], `;
        const { violations } = await page.evaluate<AxeResults>(
          `axe.run({ ${rules}resultTypes: ['violations'] })`,
        );
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html.slice(0, 300)])).toEqual([]);
      }
      expect(await page.evaluate('String(window.owned)')).toBe('undefined');
      expect(page.troubles).toEqual([]);
    });
  });

  test('a run of 1,000 calls: found, filtered, sorted and walked through by keys alone', async () => {
    const page = await shown('large', largeRun(1_000), DESKTOP);
    await keepPicture('large-desktop-light', page);
    await page.show(PHONE);
    await keepPicture('large-phone-dark', page);
    await page.evaluate(`document.getElementById('time').scrollIntoView({ behavior: 'instant' })`);
    await keepPicture('large-phone-dark-timeline', page);
    await page.show(DESKTOP);
    const visible = () =>
      page.evaluate<number>(`document.querySelectorAll('#list > li:not([hidden])').length`);
    const focused = () => page.evaluate<string>('document.activeElement.closest("li").id');
    const settled = () =>
      page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await visible()).toBe(1_000);

    await page.press('f');
    expect(await focused()).toBe('c8');
    await page.press('j');
    expect(await focused()).toBe('c33');
    await page.press('k');
    await page.press('o');
    expect(await page.evaluate('document.querySelector("#c8 details").open')).toBe(true);

    await page.press('/');
    for (const key of 'wire') await page.press(key);
    await settled();
    const found = await visible();
    expect(found).toBeGreaterThan(100);
    expect(found).toBeLessThan(300);
    expect(await page.evaluate('document.getElementById("count").textContent')).toBe(
      `${found} of 1,000 shown`,
    );
    await page.press('Escape');
    expect(await visible()).toBe(1_000);

    await page.evaluate(`document.querySelector('[name=state][value=failed]').click()`);
    await settled();
    expect(await visible()).toBe(40);

    await page.evaluate(
      `document.getElementById('order').value = '0'; document.getElementById('order').dispatchEvent(new Event('change'))`,
    );
    const [first, second] = await page.evaluate<number[]>(
      `[...document.querySelectorAll('#list > li')].map((each) => Number(each.dataset.v.split(' ')[0]))`,
    );
    expect(first).toBeGreaterThanOrEqual(second ?? Number.NaN);
    expect(page.troubles).toEqual([]);
  });

  test('a link to a call opens it, and its time is told as the reader has it', async () => {
    const page = await shown('linked', smallRun(), PHONE);
    await page.evaluate('location.hash = "#c3"; new Promise((done) => setTimeout(done))');
    expect(await page.evaluate('document.querySelector("#c3 details").open')).toBe(true);
    await page.evaluate('new Promise((done) => setTimeout(done))');
    expect(await page.evaluate('document.querySelector("#c3 time").title')).toBe('2026-11-22 16:49:07 UTC');
  });
});
