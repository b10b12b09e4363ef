/** The comparison itself: that it sees what differs, leaves out what it says it leaves out, and keeps declarations honest. */
import { describe, expect, test } from 'vitest';
import type { Difference } from './side-by-side/case.ts';
import { verdictOn } from './side-by-side/compare.ts';
import type { CallSeen } from './side-by-side/program.ts';
import { shapeOf } from './side-by-side/shape.ts';

const because = 'decided';

describe('differences', () => {
  test.each<[string, Difference[], string[], string[]]>([
    ['none declared', [], ['1/exit', '1/result#1/n'], []],
    ['one declared', [{ at: '1/exit', because }], ['1/result#1/n'], []],
    ['a whole part declared', [{ at: '1', because }], [], []],
    [
      'with a wildcard',
      [
        { at: '*/exit', because },
        { at: '1/result#*/n', because },
      ],
      [],
      [],
    ],
    ['a wildcard is one part', [{ at: '*/n', because }], ['1/exit', '1/result#1/n'], ['*/n']],
    [
      'one that vanished',
      [
        { at: '1', because },
        { at: '1/stderr', because },
      ],
      [],
      ['1/stderr'],
    ],
    [
      'one that comes and goes',
      [
        { at: '1', because },
        { at: '1/stderr', because, sometimes: true },
      ],
      [],
      [],
    ],
  ])('%s', (_name, declared, undeclared, vanished) => {
    const claude = { 1: { exit: 0, stderr: '', 'result#1': { n: 1, same: [1, { a: 2 }] } } };
    const ours = { 1: { exit: 1, stderr: '', 'result#1': { n: 2, same: [1, { a: 2 }] } } };
    const verdict = verdictOn(claude, ours, declared);
    expect(verdict.undeclared.map(({ at }) => at)).toEqual(undeclared);
    expect(verdict.vanished.map(({ at }) => at)).toEqual(vanished);
  });

  test('what one side lacks is one difference, whichever side', () => {
    const { undeclared } = verdictOn({ a: { b: [1, 2], c: null } }, { a: { b: [1], d: { e: 1 } } }, []);
    expect(undeclared).toEqual([
      { at: 'a/b/1', claude: 2, ours: undefined },
      { at: 'a/c', claude: null, ours: undefined },
      { at: 'a/d', claude: undefined, ours: { e: 1 } },
    ]);
  });

  test('a list is no object, and nothing is no empty one', () => {
    expect(verdictOn({ a: [] }, { a: {} }, []).undeclared).toHaveLength(1);
    expect(verdictOn({ a: [] }, { a: null }, []).undeclared).toHaveLength(1);
    expect(verdictOn({ a: 1 }, { a: '1' }, []).undeclared).toHaveLength(1);
  });
});

describe('shapes', () => {
  const seen = (stdout: string, more: Partial<CallSeen> = {}) =>
    shapeOf({
      dir: '/tmp/x',
      calls: [{ exit: 0, stderr: '', requests: [], stdout, ...more }],
      files: {},
    })['1'];

  test('text is compared to the byte, folders apart', () => {
    expect(seen('{"a":1}\nin /tmp/x/work')).toMatchObject({ stdout: '{"a":1}\nin <dir>/work' });
    expect(seen('{"type":"result"}')).toMatchObject({ stdout: '{"type":"result"}' });
  });

  test('events by name and number, without clocks and ids', () => {
    const events = [
      { type: 'system', subtype: 'init', model: 'm', tools: ['A'], uuid: 'u' },
      { type: 'system', subtype: 'thinking_tokens' },
      { type: 'assistant', message: { content: [{ type: 'text', text: 'hi' }], usage: {} }, timestamp: 't' },
      { type: 'result', session_id: '11111111-2222-4333-8444-555555555555', duration_ms: 5, result: 'hi' },
    ];
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(seen(lines)).toMatchObject({
      stdout: 'events, a line each',
      events: 'system:init assistant result',
      'system:init#1': { model: 'm', mcp_servers: [] },
      'assistant#1': { type: 'assistant', message: { content: [{ type: 'text', text: 'hi' }] } },
      'result#1': { type: 'result', session_id: '<id 1>', result: 'hi' },
    });
    expect(JSON.stringify(seen(lines))).not.toMatch(/uuid|timestamp|usage|duration|tools/);
    expect(seen(`${JSON.stringify(events)}\n`)).toMatchObject({ stdout: 'an array of events' });
  });
});
