import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { HookVerdict } from '../../../../src/print/hooks/hook-answer.ts';
import type { Decision, ToolUse } from '../../../../src/print/permissions/permission-gate.ts';
import { Ended, Interrupted } from '../../../../src/print/session/ending.ts';
import { type PermissionAsker, STOPPED, ToolCalls } from '../../../../src/print/session/tool-calls.ts';
import { type Tool, type ToolContext, type ToolResult, toolError } from '../../../../src/print/tools/tool.ts';
import { fakeGate } from '../fake-gate.ts';
import { used } from '../fake-model.ts';

/** A tool whose every call waits until the test ends it. */
class ManualTool implements Tool {
  readonly spec;
  readonly isReadOnly: boolean;
  check: NonNullable<Tool['check']> = () => undefined;
  readonly running: {
    readonly input: Json;
    readonly context: ToolContext;
    end(result?: ToolResult): void;
  }[] = [];

  constructor(name: string, isReadOnly: boolean) {
    this.spec = { name, description: '', inputSchema: {} };
    this.isReadOnly = isReadOnly;
  }

  run(input: Json, context: ToolContext): Promise<ToolResult> {
    return new Promise((resolve) => {
      const well = { content: `did ${JSON.stringify(input)}`, isError: false, forPrograms: 'ok' };
      this.running.push({ input, context, end: (result = well) => resolve(result) });
    });
  }

  get inputs(): Json[] {
    return this.running.map(({ input }) => input);
  }
}

const ALLOW = ({ input }: ToolUse): Decision => ({ kind: 'allow', input });

function calls(decide: (use: ToolUse) => Decision = ALLOW, asker?: PermissionAsker, verdict?: HookVerdict) {
  const read = new ManualTool('Read', true);
  const bash = new ManualTool('Bash', false);
  const events: JsonObject[] = [];
  const denied: ToolUse[] = [];
  const controller = new AbortController();
  const all = new ToolCalls({
    tools: [read, bash],
    absent: (name) => toolError(`no ${name}`),
    gate: () => fakeGate(decide),
    asker,
    hooks: verdict && { before: async () => verdict },
    stamp: { sessionId: 's', uuid: () => 'u', timestamp: () => 't' },
    emit: async (event) => void events.push(event),
    onDenial: (use) => void denied.push(use),
  });
  const run = (...blocks: ReturnType<typeof used>[]) => all.run(blocks, controller.signal);
  return { read, bash, events, denied, controller, run };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what runs beside what', () => {
  test('reading calls that stand together, and every other one alone, in order', async () => {
    const { read, bash, run } = calls();
    const ended = run(used('Read', 1, 'a'), used('Read', 2, 'b'), used('Bash', 3, 'c'), used('Read', 4, 'd'));
    await settled();
    expect([read.inputs, bash.inputs]).toEqual([[1, 2], []]);
    read.running[1]?.end();
    await settled();
    expect(bash.inputs).toEqual([]);
    read.running[0]?.end();
    await settled();
    expect([read.inputs, bash.inputs]).toEqual([[1, 2], [3]]);
    bash.running[0]?.end();
    await settled();
    read.running[2]?.end();
    expect((await ended).map((answer) => answer['tool_use_id'])).toEqual(['a', 'b', 'c', 'd']);
  });

  test('two changing calls never', async () => {
    const { bash, run } = calls();
    const ended = run(used('Bash', 1, 'a'), used('Bash', 2, 'b'));
    await settled();
    expect(bash.inputs).toEqual([1]);
    bash.running[0]?.end();
    await settled();
    expect(bash.inputs).toEqual([1, 2]);
    bash.running[1]?.end();
    await ended;
  });

  test('ten at most', async () => {
    const { read, run } = calls();
    const ended = run(...Array.from({ length: 12 }, (_, n) => used('Read', n, `t${n}`)));
    await settled();
    expect(read.inputs).toHaveLength(10);
    for (const { end } of read.running) end();
    await settled();
    expect(read.inputs).toHaveLength(12);
    for (const { end } of read.running) end();
    expect(await ended).toHaveLength(12);
  });
});

describe('permission', () => {
  test('the gate is asked when the call’s turn has come, and may change the input', async () => {
    let allowed = false;
    const { bash, denied, run } = calls((use) => {
      if (!allowed && use.useId === 'b') return { kind: 'deny', message: 'too early' };
      return { kind: 'allow', input: `${use.input}!` };
    });
    const ended = run(used('Bash', 'x', 'a'), used('Bash', 'y', 'b'));
    await settled();
    allowed = true;
    bash.running[0]?.end();
    await settled();
    expect(bash.inputs).toEqual(['x!', 'y!']);
    bash.running[1]?.end();
    await ended;
    expect(denied).toEqual([]);
  });

  test.each(['deny', 'ask'] as const)(
    '%s, and nobody to ask: told to the model, in an event, and counted',
    async (kind) => {
      const { bash, events, denied, run } = calls(() => ({ kind, message: 'no, because' }));
      expect(await run(used('Bash', { command: 'x' }))).toEqual([
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'no, because', is_error: true },
      ]);
      expect(events).toMatchObject([
        { subtype: 'permission_denied', tool_name: 'Bash', tool_use_id: 'toolu_1', message: 'no, because' },
        { type: 'user', tool_use_result: 'Error: no, because' },
      ]);
      expect(denied).toEqual([{ name: 'Bash', useId: 'toolu_1', input: { command: 'x' } }]);
      expect(bash.inputs).toEqual([]);
    },
  );

  test('asked, and allowed with another input', async () => {
    const asker = { ask: async () => ({ kind: 'allow', input: 'other' }) as const };
    const { bash, run, denied } = calls(() => ({ kind: 'ask', message: '?' }), asker);
    const ended = run(used('Bash', 'x'));
    await settled();
    expect(bash.inputs).toEqual(['other']);
    bash.running[0]?.end();
    await ended;
    expect(denied).toEqual([]);
  });

  test('asked, and denied: counted, but no event of our own', async () => {
    const asker = { ask: async () => ({ kind: 'deny', message: 'no way' }) as const };
    const { events, denied, run } = calls(() => ({ kind: 'ask', message: '?' }), asker);
    expect(await run(used('Bash', 'x'))).toMatchObject([{ content: 'no way', is_error: true }]);
    expect(events.map(({ type }) => type)).toEqual(['user']);
    expect(denied).toHaveLength(1);
  });

  test('an input that a rule forbids stays forbidden, whoever puts it there', async () => {
    const asker = { ask: async () => ({ kind: 'allow', input: 'rm -rf /' }) as const };
    const { bash, denied, run } = calls(
      ({ input }) =>
        input === 'rm -rf /' ? { kind: 'deny', message: 'never' } : { kind: 'ask', message: '?' },
      asker,
    );
    expect(await run(used('Bash', 'x'))).toMatchObject([{ content: 'never' }]);
    expect([bash.inputs, denied.length]).toEqual([[], 1]);
  });

  test('what is forbidden is not asked about', async () => {
    let asked = 0;
    const asker: PermissionAsker = {
      async ask() {
        asked += 1;
        return { kind: 'allow', input: 'x' };
      },
    };
    const { run } = calls(() => ({ kind: 'deny', message: 'never' }), asker);
    await run(used('Bash', 'x'));
    expect(asked).toBe(0);
  });
});

test('an input that does not fit the tool is no use of it: neither asked about nor counted as denied', async () => {
  const asked: ToolUse[] = [];
  const { bash, run, denied, events } = calls((use) => ({ kind: 'ask', message: `may I ${use.name}` }), {
    ask: async (use) => {
      asked.push(use);
      return { kind: 'deny', message: 'no' };
    },
  });
  bash.check = (input) => (input === 1 ? undefined : toolError('1 was expected'));
  expect(await run(used('Bash', 2))).toMatchObject([{ content: '1 was expected', is_error: true }]);
  expect([asked, denied, bash.inputs]).toEqual([[], [], []]);
  expect(events).toHaveLength(1);
});

test('a tool that is not there', async () => {
  const { run, denied } = calls(() => ({ kind: 'deny', message: 'never' }));
  expect(await run(used('Nope', {}))).toMatchObject([{ content: 'no Nope', is_error: true }]);
  expect(denied).toEqual([]);
});

describe('ended from outside', () => {
  test('an interruption: every call is answered, the ones not begun too', async () => {
    const { bash, run, controller } = calls();
    const ended = run(used('Bash', 1, 'a'), used('Bash', 2, 'b'));
    await settled();
    controller.abort(new Interrupted());
    expect(bash.running[0]?.context.signal.aborted).toBe(true);
    bash.running[0]?.end(toolError('killed'));
    expect(await ended).toMatchObject([
      { tool_use_id: 'a', content: 'killed' },
      { tool_use_id: 'b', content: STOPPED },
    ]);
    expect(bash.inputs).toEqual([1]);
  });

  test('an end of the program: nothing more is said', async () => {
    const { bash, events, run, controller } = calls();
    const ended = run(used('Bash', 1, 'a'), used('Bash', 2, 'b'));
    await settled();
    controller.abort(new Ended('SIGTERM', 143));
    bash.running[0]?.end();
    await expect(ended).rejects.toThrow('SIGTERM');
    expect(events).toHaveLength(1);
  });
});

describe('a hook before the tool', () => {
  const ASK = (): Decision => ({ kind: 'ask', message: 'may it?' });
  const DENY = (): Decision => ({ kind: 'deny', message: 'forbidden' });
  const allow: HookVerdict = { kind: 'allow', input: { changed: 1 } };

  test.each<[string, HookVerdict, () => Decision, string]>([
    ['denies what rules allow', { kind: 'deny', message: 'no' }, ALLOW as never, 'no'],
    ['wants to have asked for it', { kind: 'ask', message: 'hm' }, ALLOW as never, 'hm'],
    ['allows, but not what a rule forbids', allow, DENY, 'forbidden'],
    ['says nothing, and rules hold', { kind: 'none', input: undefined }, ASK, 'may it?'],
  ])('%s', async (_name, verdict, decide, message) => {
    const { bash, denied, run } = calls(decide, undefined, verdict);
    expect(await run(used('Bash', { a: 1 }))).toMatchObject([{ is_error: true, content: message }]);
    expect([bash.running.length, denied.length]).toEqual([0, 1]);
  });

  test('allows what would be asked about, with the input that it wants', async () => {
    const { bash, denied, run } = calls(ASK, undefined, allow);
    const ended = run(used('Bash', { a: 1 }));
    await settled();
    bash.running[0]?.end();
    await ended;
    expect([bash.inputs, denied]).toEqual([[{ changed: 1 }], []]);
  });

  test('that failed without denying is told of', async () => {
    const verdict: HookVerdict = { kind: 'none', input: undefined, notice: 'it failed' };
    const { bash, events, run } = calls(ALLOW, undefined, verdict);
    const ended = run(used('Bash', {}));
    await settled();
    bash.running[0]?.end();
    await ended;
    expect(events[0]).toMatchObject({ subtype: 'informational', content: 'it failed' });
  });
});
