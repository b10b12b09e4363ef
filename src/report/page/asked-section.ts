/** What was asked of the run, and what came out. */
import type { Json } from '../../core/json.ts';
import type { RunError } from '../../core/run.ts';
import { dollarsText, durationText, wholeText } from '../text/figures.ts';
import { shortLine } from '../text/safe-text.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageRun } from './page-run.ts';
import { fits, fittedText } from './text-room.ts';

/** Of each, on a page of at most two million: the calls want most of it. */
const RESULT_BYTES = 150_000;
const ARGS_BYTES = 50_000;
const SCRIPT_BYTES = 80_000;
const ERROR_BYTES = 20_000;
/** What is behind a heading at first. */
const LONG_CHARACTERS = 2_000;

export function askedSection(run: PageRun): Html {
  const { args, script, scriptPath } = run;
  return html`<section aria-labelledby="asked"><h2 id="asked">What was asked</h2>
${scriptPath === '' ? NOTHING : html`<p><code dir="auto">${shortLine(scriptPath, 500)}</code></p>`}
${optionsList(run)}
${args === undefined || args === null ? NOTHING : unfolding('Arguments', jsonText(args), ARGS_BYTES, 0)}
${script === undefined ? NOTHING : unfolding('The script', script, SCRIPT_BYTES, 0, 'script.js, in the run’s folder')}
${run.rescuedFrom === undefined ? NOTHING : html`<p>Goes on with ${run.rescuedFrom}.</p>`}
</section>
`;
}

export function outcomeSection(run: PageRun): Html {
  const { result, kind, runId } = run;
  if (result === undefined) return NOTHING;
  const returned =
    result.status !== 'completed' || kind === 'exec'
      ? NOTHING
      : unfolding(
          'Returned',
          jsonText(result.result),
          RESULT_BYTES,
          LONG_CHARACTERS,
          `andwait result ${runId}`,
        );
  const error = result.error === null ? NOTHING : errorBlock(result.error);
  if (returned === NOTHING && error === NOTHING) return NOTHING;
  return html`<section aria-labelledby="out"><h2 id="out">What came out</h2>
${error}${returned}</section>
`;
}

function errorBlock({ name, message, stack }: RunError): Html {
  const heading = `${name}: ${message}`;
  const text = stack === undefined ? heading : stack.startsWith(name) ? stack : `${heading}\n${stack}`;
  return html`<pre class="error" dir="auto">${fittedText(text, ERROR_BYTES)}</pre>`;
}

function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** `whole`: how it is seen uncut, told where it was cut. */
function unfolding(title: string, text: string, maxBytes: number, openUpTo: number, whole?: string): Html {
  const hint =
    whole !== undefined && !fits(text, maxBytes)
      ? html`<p class="h">Whole: <code>${whole}</code></p>`
      : NOTHING;
  const open = text.length <= openUpTo ? html`<details open>` : html`<details>`;
  return html`${open}<summary>${title}</summary><pre dir="auto">${fittedText(text, maxBytes)}</pre>${hint}</details>`;
}

function optionsList({ options, kind }: PageRun): Html {
  const { caps, timeoutMs, modelFor } = options;
  const models = Object.entries(modelFor).map(([phase, model]) => `${phase} by ${model}`);
  const told: [string, string | undefined][] = [
    ['at once', wholeText(caps.concurrency)],
    ['most calls', caps.agents === Number.MAX_SAFE_INTEGER ? undefined : wholeText(caps.agents)],
    ['most output tokens', caps.outputTokens === null ? undefined : wholeText(caps.outputTokens)],
    ['most dollars', typeof caps.costUsd === 'number' ? dollarsText(caps.costUsd) : undefined],
    ['time for each', timeoutMs === null ? undefined : durationText(timeoutMs)],
    ['model', options.model],
    ['models', models.length === 0 ? undefined : models.join(', ')],
    ['effort', options.effort],
    // A recipe's own calls say that themselves.
    ['permissions', kind === 'exec' || kind === 'standing' ? undefined : options.permissionMode],
    ['allowed tools', options.allowedTools.length === 0 ? undefined : options.allowedTools.join(', ')],
    ['rehearsal', options.rehearse ? 'yes: no model was asked' : undefined],
  ];
  return html`<dl class="facts">${told
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${shortLine(value ?? '', 500)}</dd></div>`)}</dl>`;
}
