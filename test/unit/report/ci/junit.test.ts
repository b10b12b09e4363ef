import { expect, test } from 'vitest';
import { failure } from '../../../../src/core/outcome.ts';
import type { EndedCall } from '../../../../src/report/ci/ended-call.ts';
import { junitText } from '../../../../src/report/ci/junit.ts';
import { reply } from '../../../support/calls.ts';

function call(over: Partial<EndedCall>): EndedCall {
  const nothing = { phase: undefined, workflow: undefined, replayed: false };
  return { call: 1, label: 'a', startedAt: 0, durationMs: 1500, outcome: reply('A'), ...nothing, ...over };
}

function report(calls: readonly EndedCall[], fault?: string): string {
  return junitText({ name: 'audit', runId: 'r-1', startedAt: 0, durationMs: 2000, calls, fault });
}

test('a suite for each phase, a case for each call, counted', () => {
  const xml = report([
    call({ call: 1, phase: 'Find' }),
    call({ call: 2, phase: 'Find', outcome: failure('timeout', 'too late', { stderrTail: 'last words' }) }),
    call({ call: 3, phase: 'Fix', workflow: 'child', outcome: failure('skipped', 'skipped by ada') }),
    call({ call: 4, phase: 'Find', outcome: undefined }),
  ]);
  expect(xml).toContain(
    '<testsuites name="audit" tests="4" failures="1" errors="0" skipped="2" time="2.000">',
  );
  expect(xml).toContain(
    '<testsuite name="Find" tests="3" failures="1" errors="0" skipped="1" time="4.500" timestamp="1970-01-01T00:00:00">',
  );
  expect(xml).toContain('<testcase name="#2 a" classname="Find" time="1.500">');
  expect(xml).toContain('<failure type="timeout" message="too late">too late\n\nlast words</failure>');
  expect(xml).toContain('<testsuite name="child / Fix"');
  expect(xml).toContain('<skipped message="skipped by ada"/>');
  expect(xml).toContain('<skipped message="not settled"/>');
});

test('a run that did not come to its end is an error, with or without calls', () => {
  const xml = report([], 'failed: Error: boom');
  expect(xml).toContain('<testsuites name="audit" tests="1" failures="0" errors="1"');
  expect(xml).toContain('<error message="failed: Error: boom">');
});

test('what an agent says cannot leave its place, or make the file one that no reader takes', () => {
  const text = 'a]]></system-out><x a="1">\u0000\u001b[2J\u202e\ud800&amp; é 漢 \u{1f600}';
  const xml = report([call({ label: '"><x/>\n', outcome: reply(text) })]);
  expect(xml).toContain('name="#1 &quot;>&lt;x/>"'.replace('/>"', '/>"'));
  expect(xml).toContain('a]]&gt;&lt;/system-out&gt;&lt;x a="1"&gt;');
  expect(xml).toContain('&amp;amp; é 漢 \u{1f600}');
  // Of control characters XML 1.0 has the line feed, the tab and the return.
  expect(xml).not.toMatch(/[^\n\t\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
});

test('a long text is cut, and says so', () => {
  const xml = report([call({ outcome: reply('x'.repeat(100_000)) })]);
  expect(xml.length).toBeLessThan(22_000);
  expect(xml).toContain('… (100000 characters in all)');
});
