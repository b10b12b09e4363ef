/** One running script from outside, its child played by the test: what is asked, answered, refused and forgotten. */
import { describe, expect, test } from 'vitest';
import { OpenScript } from '../../../src/script/open-script.ts';
import { MAX_OPEN_REQUESTS } from '../../../src/script/script-limits.ts';
import type { Answer } from '../../../src/script/script-world.ts';
import { readWallLine } from '../../../src/script/wall-line.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { EchoWorld } from '../../support/script/script-sandbox.ts';

/** A world whose agents wait for the test to answer. */
class WaitingWorld extends EchoWorld {
  readonly answers: ((answer: Answer) => void)[] = [];
  readonly failures: ((bug: unknown) => void)[] = [];
  tokens = 0;

  override agent(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.answers.push(resolve);
      this.failures.push(reject);
    });
  }

  override spentTokens(): number {
    return this.tokens;
  }
}

function opened() {
  return openedFor(new WaitingWorld());
}

function openedFor<World extends EchoWorld>(world: World) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const open = new OpenScript({ scope: 7, world, clock, send: (line) => sent.push(line) });
  const say = (line: string) => {
    const read = readWallLine(line);
    if (read === undefined) throw new Error(`no wall line: ${line}`);
    return open.handle(read);
  };
  return { world, clock, sent, open, say };
}

const VALUE: Answer = { kind: 'value', json: '{"a":\n1}' };
const ASK = 'agent 7 1 {"prompt":"p","options":{"label":"l"}}';

describe('what is asked', () => {
  test('reaches the world as data', () => {
    const { world, say } = openedFor(new EchoWorld());
    expect([say(ASK), say('phase 7 0 "P"'), say('log 7 0 "text"')]).toEqual(['ok', 'ok', 'ok']);
    expect(world.requests).toEqual([{ prompt: 'p', options: { label: 'l' } }]);
    expect([world.phases, world.logs]).toEqual([['P'], ['text']]);
  });

  test.each([
    'agent 7 1 {"prompt":5,"options":{}}',
    'agent 7 1 {"prompt":"p"}',
    'agent 7 1 {"prompt":"p","options":[]}',
    'agent 7 1 "p"',
    'agent 7 1 {"prompt":',
    'workflow 7 1 {}',
    'workflow 7 1 {"ref":"x","args":{}}',
    'log 7 0 {"toString":1}',
    'phase 7 0 null',
    'timer 7 1 "100"',
    'threw 7 0 {"name":"E"}',
    'threw 7 0 "E"',
    'returned 7 0 undefined',
    'constructor 7 0 null',
    'spent 7 0 5',
  ])('is not %s', (line) => {
    expect(opened().say(line)).toBe('alien');
  });

  test('without end is a flood', () => {
    const { say } = opened();
    for (let id = 1; id <= MAX_OPEN_REQUESTS; id++) say(`timer 7 ${id} 5`);
    expect(say('timer 7 0 5')).toBe('flooded');
  });
});

describe('what is answered', () => {
  test('goes in on one line, with the tokens before it when they changed', async () => {
    const { world, sent, say } = opened();
    say(ASK);
    say('agent 7 2 {"prompt":"q","options":{}}');
    world.tokens = 42;
    world.answers[1]?.(VALUE);
    await Promise.resolve();
    world.answers[0]?.({ kind: 'error', name: 'E', message: 'no\nmore', cap: true });
    await Promise.resolve();
    expect(sent).toEqual([
      'spent 7 0 42\n',
      'value 7 2 {"a": 1}\n',
      'error 7 1 {"name":"E","message":"no\\nmore","cap":true}\n',
    ]);
  });

  test('too late goes nowhere', async () => {
    const { world, sent, open, say } = opened();
    say(ASK);
    say('returned 7 0 5');
    world.answers[0]?.(VALUE);
    expect(await open.end).toEqual({ kind: 'returned', json: '5' });
    expect(sent).toEqual([]);
  });
});

describe('a timer', () => {
  test('fires once, when its time has come', () => {
    const { clock, sent, say } = opened();
    say('timer 7 1 100');
    clock.advance(99);
    expect(sent).toEqual([]);
    clock.advance(500);
    expect(sent).toEqual(['fire 7 1 null\n']);
  });

  test('that was cleared does not', () => {
    const { clock, sent, say } = opened();
    say('timer 7 1 100');
    say('untimer 7 1 null');
    clock.advance(500);
    expect(sent).toEqual([]);
  });

  test('ends with the script', () => {
    const { clock, say } = opened();
    say('timer 7 1 100');
    say('returned 7 0 null');
    expect(clock.pending).toEqual([]);
  });
});

describe('the end', () => {
  test('of a throw carries name, message, stack and cap', async () => {
    const { open, say } = opened();
    say('threw 7 0 {"name":"E","message":"m","stack":"E: m\\n    at a.js:2:1","cap":true}');
    const error = { name: 'E', message: 'm', stack: 'E: m\n    at a.js:2:1' };
    expect(await open.end).toEqual({ kind: 'threw', error, cap: true });
  });

  test('is the first one told; what comes after is not heard', async () => {
    const { world, open, say } = opened();
    say('returned 7 0 1');
    say('returned 7 0 2');
    say('log 7 0 "late"');
    open.settle({ kind: 'broke', reason: 'crashed', message: 'later' });
    expect(await open.end).toEqual({ kind: 'returned', json: '1' });
    expect(world.logs).toEqual([]);
  });

  test('comes from a bug of the world, thrown or rejected', async () => {
    const bug = new Error('bug');
    const rejected = opened();
    rejected.say(ASK);
    rejected.world.failures[0]?.(bug);
    await expect(rejected.open.end).rejects.toBe(bug);
    const thrown = opened();
    thrown.world.log = () => {
      throw bug;
    };
    thrown.say('log 7 0 "x"');
    await expect(thrown.open.end).rejects.toBe(bug);
  });
});
