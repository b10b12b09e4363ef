/** A run as a JUnit report: a suite for each phase, a test case for each call. What XML cannot hold is left out of agents' text. */
import { create, type XMLElement } from 'xmlbuilder';
import type { Outcome } from '../../core/outcome.ts';
import { safeLine, safeText, shortLine } from '../text/safe-text.ts';
import { type EndedCall, placeOf, verdictOf } from './ended-call.ts';

export interface JunitRun {
  readonly name: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly calls: readonly EndedCall[];
  /** Why the run as a whole did not come to a good end: a test case of its own, or a report without calls would look like success. */
  readonly fault: string | undefined;
}

/** Of one agent's text; the whole is in the transcript. */
const MAX_TEXT = 20_000;

export function junitText(run: JunitRun): string {
  const root = create('testsuites', { encoding: 'UTF-8' }, {}, { invalidCharReplacement: '' });
  const faults = run.fault === undefined ? 0 : 1;
  const { calls, name, durationMs } = run;
  tally(root.att('name', shortLine(name, 200)), calls, durationMs, faults);
  for (const [title, suiteCalls] of suitesOf(calls)) {
    const suite = root.ele('testsuite').att('name', shortLine(title ?? name, 200));
    const ms = suiteCalls.reduce((sum, call) => sum + call.durationMs, 0);
    tally(suite, suiteCalls, ms, 0).att('timestamp', stamp(suiteCalls[0]?.startedAt ?? run.startedAt));
    for (const call of suiteCalls) testCase(suite, call, run);
  }
  if (run.fault !== undefined) faultSuite(root, run, run.fault);
  return `${root.end({ pretty: true })}\n`;
}

function suitesOf(calls: readonly EndedCall[]): Map<string | undefined, EndedCall[]> {
  const suites = new Map<string | undefined, EndedCall[]>();
  for (const call of calls) {
    const title = placeOf(call);
    const suite = suites.get(title);
    if (suite) suite.push(call);
    else suites.set(title, [call]);
  }
  return suites;
}

function tally(element: XMLElement, calls: readonly EndedCall[], ms: number, faults: number): XMLElement {
  const count = (verdict: string): number => calls.filter((call) => verdictOf(call) === verdict).length;
  return element
    .att('tests', calls.length + faults)
    .att('failures', count('failed'))
    .att('errors', faults)
    .att('skipped', count('skipped'))
    .att('time', seconds(ms));
}

function testCase(suite: XMLElement, call: EndedCall, { name }: JunitRun): void {
  const element = suite
    .ele('testcase')
    // The number keeps names apart: readers take two of one name for one test.
    .att('name', `#${call.call} ${shortLine(call.label, 200)}`)
    .att('classname', shortLine(placeOf(call) ?? name, 200))
    .att('time', seconds(call.durationMs));
  const { outcome } = call;
  switch (verdictOf(call)) {
    case 'failed':
      if (outcome?.kind === 'failure') failureIn(element, outcome);
      break;
    case 'skipped':
      element
        .ele('skipped')
        .att('message', outcome?.kind === 'failure' ? safeLine(outcome.message) : 'not settled');
      break;
    case 'passed':
      break;
  }
  const text = outcome?.text;
  if (text) element.ele('system-out').txt(cut(text));
}

function failureIn(
  element: XMLElement,
  { reason, message, stderrTail }: Extract<Outcome, { kind: 'failure' }>,
): void {
  element
    .ele('failure')
    .att('type', reason)
    .att('message', shortLine(message, 1000))
    .txt(cut([message, stderrTail ?? ''].filter(Boolean).join('\n\n')));
}

function faultSuite(root: XMLElement, { name, runId, startedAt, durationMs }: JunitRun, fault: string): void {
  const suite = root.ele('testsuite').att('name', 'the run');
  tally(suite, [], durationMs, 1).att('timestamp', stamp(startedAt));
  suite
    .ele('testcase')
    .att('name', `run ${runId}`)
    .att('classname', shortLine(name, 200))
    .att('time', seconds(durationMs))
    .ele('error')
    .att('message', shortLine(fault, 1000))
    .txt(cut(fault));
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT) return safeText(text);
  return `${safeText(text.slice(0, MAX_TEXT))}\n… (${text.length} characters in all)`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Without zone, as the schema has it: UTC. */
function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
