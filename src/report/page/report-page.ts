/**
 * The whole page of a run: one file, no network. Everything in it was said by agents and scripts that nobody vouches for:
 * it is text wherever it stands, and should a browser ever be persuaded otherwise, the page's policy runs nothing but
 * its own script, known by its hash, and reaches nobody.
 */
import { createHash } from 'node:crypto';
import { shortLine } from '../text/safe-text.ts';
import { askedSection, outcomeSection } from './asked-section.ts';
import { attemptsSection, logSection } from './attempts-section.ts';
import { callsSection } from './calls-section.ts';
import { failuresSection } from './failures-section.ts';
import { headSection } from './head-section.ts';
import { Html, html } from './html.ts';
import { moment } from './moment.ts';
import type { PageRun } from './page-run.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { countsAtOnce, timeScale } from './time-scale.ts';
import { spanOf, timelineSection } from './timeline-section.ts';

/** Contract: no page is larger. */
export const PAGE_BYTES = 2_000_000;

const PEAK_COLUMNS = 2_000;

export function reportPage(run: PageRun): string {
  const spans = run.calls.map(spanOf);
  const scale = timeScale(spans);
  const peak = Math.max(0, ...countsAtOnce(spans, scale, PEAK_COLUMNS));
  const before = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${shortLine(run.name, 80)} · ${run.runId}</title>
<style>${new Html(PAGE_STYLE)}</style></head>
<body><main>
<a class="skip" href="#calls">To the calls</a>
${headSection(run, peak)}${failuresSection(run)}${outcomeSection(run)}${timelineSection(run, scale)}${attemptsSection(run)}${askedSection(run)}`;
  const after = html`${logSection(run)}<footer>Made ${moment(run.madeAt)} by andwait ${run.version} from the files of the run. What agents said is shown as text, without control characters.</footer>
</main><script>${new Html(PAGE_SCRIPT)}</script></body></html>
`;
  const room = PAGE_BYTES - before.bytes - after.bytes - RESERVE_BYTES;
  return `${before.text}${callsSection(run, scale, room).text}${after.text}`;
}

/** Headings and filters around the calls. */
const RESERVE_BYTES = 60_000;

function policy(): string {
  return [
    "default-src 'none'",
    `script-src '${sourceHash(PAGE_SCRIPT)}'`,
    `style-src '${sourceHash(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
