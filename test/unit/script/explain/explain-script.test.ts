import { describe, expect, test } from 'vitest';
import { explainScript } from '../../../../src/script/explain/explain-script.ts';
import type { AgentStep, Explanation } from '../../../../src/script/explain/explanation.ts';
import { parseScript } from '../../../../src/script/parse-script.ts';

const META =
  "export const meta = { name: 'n', description: 'd', phases: [{ title: 'Find' }, { title: 'Check' }] }\n";

/** Line 2 is the first of the body. */
function explained(body: string): Explanation {
  return explainScript(parseScript(`${META}${body}`, 's.js'));
}

function agents(body: string): AgentStep[] {
  return explained(body).steps.filter((step) => step.kind === 'agent');
}

function around(body: string): string[][] {
  return explained(body).steps.map(({ within }) => within.map(({ words }) => words));
}

function bounds(body: string): unknown[] {
  return explained(body).steps.map(({ within }) => within.at(-1)?.bound);
}

function warnings(body: string): string[] {
  return explained(body).warnings.map(({ line, message }) => `${line}: ${message}`);
}

describe('what an agent is asked', () => {
  test.each([
    ["agent('Read a file')", 'Read a file'],
    ['agent(`Read ${file} now`)', 'Read … now'],
    ["agent('Read ' + args.file + ', then stop')", 'Read …, then stop'],
    ["const ASK = 'Read'; agent(ASK)", 'Read'],
    ['agent(ask(1)); function ask(n) { return `Round ${n}` }', 'Round …'],
    ["agent(['Read', `file ${f}`].join('\\n'))", 'Read file …'],
    ['agent(prompts[0])', '…'],
    ["let ask = 'a'; ask = 'b'; agent(ask)", '…'],
  ])('%s', (body, prompt) => {
    expect(agents(body)[0]?.prompt).toBe(prompt);
  });

  test('its options, through names and spreads', () => {
    const [step] = agents(`const BUGS = { type: 'object', properties: { bugs: {}, 'why not': {} } }
const CHEAP = { model: 'haiku', effort: 'low' }
await agent('x', { ...CHEAP, label: \`read \${f}\`, phase: 'Find', schema: BUGS, isolation: 'worktree', agentType: 'helper' })`);
    expect(step).toMatchObject({
      line: 4,
      label: 'read …',
      phase: 'Find',
      schema: ['bugs', 'why not'],
      model: 'haiku',
      effort: 'low',
      isolation: 'worktree',
      agentType: 'helper',
    });
  });

  test('what a wrapper hands on, each time', () => {
    const steps =
      agents(`const ask = (prompt, { phase, ...more }, model = 'haiku') => agent(prompt, { phase, model, ...more })
await ask(\`Read \${file}\`, { phase: 'Find' })
await ask('Judge', { phase: 'Check' }, 'opus')`);
    expect(steps.map(({ prompt, phase, model }) => [prompt, phase, model])).toEqual([
      ['Read …', 'Find', 'haiku'],
      ['Judge', 'Check', 'opus'],
    ]);
  });

  test('a parameter is not mistaken for that of a caller', () => {
    const steps = agents(
      "outer('a')\nfunction outer(prompt) { return inner() }\nfunction inner() { return agent(prompt) }",
    );
    expect(steps.map(({ prompt }) => prompt)).toEqual(['…']);
  });

  test('a phase holds until the next, and gives way to the call’s own', () => {
    const steps = agents("phase('Find')\nagent('a')\nagent('b', { phase: 'Check' })\nagent('c')");
    expect(steps.map(({ phase }) => phase)).toEqual(['Find', 'Check', 'Find']);
  });

  test('options that nobody can read are not taken for none', () => {
    expect(agents("agent('a', options)")[0]?.label).toBe('not told by the text');
  });
});

describe('what stands around a call', () => {
  test.each([
    ["await agent('x')", []],
    ["for (const f of args.files) await agent('x')", ['for each of args.files']],
    ["await parallel(list.map((f) => () => agent('x')))", ['parallel', 'for each of list']],
    ["await parallel([() => agent('x'), later])", ['parallel of 2']],
    ["await pipeline(list, (f) => f, (f) => agent('x'))", ['pipeline over list, stage 2']],
    ["await pipeline(list, judge)\nfunction judge() { return agent('x') }", ['pipeline over list, stage 1']],
    ["if (deep) await agent('x')", ['only if deep']],
    ["const r = deep ? 1 : await agent('x')", ['unless deep']],
    ["await Promise.all(Array.from({ length: 3 }, () => agent('x')))", ['for each of { length: 3 }']],
    ["const ask = async () => await agent('x')\nfor (let i = 0; i < 3; i++) await ask()", ['while i < 3']],
    ["function never() { return agent('x') }", ['in never(), whose caller was not seen']],
  ])('%s', (body, words) => {
    expect(around(body)).toEqual([words]);
  });

  test('a function that is called from two places stands twice', () => {
    expect(around("if (a) await ask()\nawait ask()\nfunction ask() { return agent('x') }")).toEqual([
      ['only if a'],
      [],
    ]);
  });

  test('the ways through functions that call each other ten times over are not all followed', () => {
    const calls = Array.from({ length: 8 }, (_, n) => `function f${n}() { ${`f${n + 1}();`.repeat(10)} }`);
    const { steps, warnings: told } = explained(
      `f0()\n${calls.join('\n')}\nfunction f8() { return agent('x') }`,
    );
    expect(steps.length).toBeLessThanOrEqual(300);
    expect(told.map(({ message }) => message)).toContain(
      'it nests deeper, or its functions call each other in more ways, than is followed here: not every call is listed',
    );
  });
});

describe('how often a loop goes round', () => {
  const IN = "await agent('x')";
  test.each([
    [`for (let i = 0; i < 3; i++) ${IN}`, { kind: 'counted', times: 3, words: 'i < 3' }],
    [`const MAX = 5\nfor (let i = 1; i <= MAX; i++) ${IN}`, { kind: 'counted', times: 5, words: 'i <= MAX' }],
    [`for (let i = 0; i < 9; i += 2) ${IN}`, { kind: 'counted', times: undefined, words: 'i < 9' }],
    [`let n = 0\nwhile (n < 3) { n++; ${IN} }`, { kind: 'counted', times: undefined, words: 'n < 3' }],
    [
      `let n = 0\nwhile (true) { n = n + 1; if (n > 5) break; ${IN} }`,
      { kind: 'counted', times: undefined, words: 'n > 5' },
    ],
    [`for (const a of ['x', 'y']) ${IN}`, { kind: 'list', times: 2 }],
    [`while (queue.length > 0) { queue.shift(); ${IN} }`, { kind: 'list', times: undefined }],
    [`while (budget.total && budget.remaining() > 9) ${IN}`, { kind: 'budget', asksForTotal: true }],
    [`while (budget.remaining() > 9) ${IN}`, { kind: 'budget', asksForTotal: false }],
    [
      `let n = 0\nwhile (budget.remaining() > 9 && n < 4) { n++; ${IN} }`,
      { kind: 'counted', times: undefined, words: 'n < 4' },
    ],
    [
      `const f = async (n) => { for (let i = 0; i < n; i++) ${IN} }\nawait f(4)`,
      { kind: 'counted', times: 4, words: 'i < n' },
    ],
    // None that can be relied on.
    [`while (true) ${IN}`, { kind: 'none' }],
    [`for (;;) ${IN}`, { kind: 'none' }],
    [`let dry = 0\nwhile (dry < 2) { ${IN}; if (some) dry++; else dry = 0 }`, { kind: 'none' }],
    [`while (bugs.length < 10) { bugs.push(1); ${IN} }`, { kind: 'none' }],
    [`while (queue.length) { queue.push(queue.shift()); ${IN} }`, { kind: 'none' }],
    [`for (const q of queue) { queue.push(1); ${IN} }`, { kind: 'none' }],
    [`let n = 0\nwhile (n < 3 || more) { n++; ${IN} }`, { kind: 'none' }],
  ])('%s', (body, bound) => {
    expect(bounds(body)).toEqual([bound]);
  });
});

describe('beware', () => {
  test.each([
    ["while (true) await agent('x')", '2: while true: no bound was seen'],
    [
      "while (budget.remaining() > 1) await agent('x')",
      '2: while budget.remaining() > 1: only a budget ends it',
    ],
    ["await f()\nasync function f() { await agent('x'); return f() }", '3: a function that calls itself'],
    ["agent('x')", '2: nobody waits for this call'],
    ["await Promise.all([agent('x')])", '2: Promise.all: one agent that throws'],
    ["return await Promise.race([agent('x'), agent('y')])", '2: Promise.race: the result depends on which'],
    ['await agent(process.env.HOME)', '2: process is not there'],
    ["const fs = require('fs')\nawait agent('x')", '2: require is not there'],
    ["await agent('x', { phase: 'Fnid' })", '2: phase "Fnid" is not among those of meta (Find, Check)'],
    ["for (;;) {}\nawait agent('x')", '2: while true: no bound was seen'],
    ['return 1', '1: it calls no agent()'],
    ["const a = await agent('x')\nlog(a.bugs)", '3: `a` is null where the agent failed'],
    ["const { bugs } = await agent('x')", '2: what this agent gives is null'],
    ["log((await agent('x')).bugs)", '2: what this agent gives is null'],
    [
      "const all = await parallel([() => agent('x')])\nlog(all.map((a) => a.bugs))",
      '3: an entry of `all` is null',
    ],
    [
      "const all = await pipeline([1], () => agent('x'))\nall.forEach(({ bugs }) => log(bugs))",
      '3: an entry of `all`',
    ],
  ])('%s', (body, message) => {
    expect(warnings(body)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    "const a = await agent('x')\nif (a === null) return 1\nlog(a.bugs)",
    "const a = await agent('x')\nlog(a?.bugs)",
    "const a = (await agent('x')) ?? { bugs: [] }\nlog(a.bugs)",
    "const all = await parallel([() => agent('x')])\nlog(all.filter(Boolean).map((a) => a.bugs))",
    "const all = await parallel([() => agent('x')])\nlog(all.map((a) => a?.bugs))",
    "await pipeline([1], () => agent('x'), (a) => a.bugs)",
    "if (typeof process !== 'undefined') log(process.pid)\nawait agent('x')",
    'await agent({ process: 1 }.process)',
    "while (list.at(-1) === '') list.pop()\nawait agent('x')",
    "const walk = (n) => n.children.map(walk)\nwalk(args)\nawait agent('x')",
    'return await agent(`x`)',
  ])('nothing, of %s', (body) => {
    expect(warnings(body)).toEqual([]);
  });
});

test('what it reads of args and budget, and what it returns', () => {
  const told = explained(`const { files, depth = 3 } = args ?? {}
if (!args) throw new Error('none')
log(args.root, budget.spent())
const quick = () => { return 1 }
if (quick()) return 'nothing'
return { report: await agent(JSON.stringify(args)), files, ...more }`);
  expect(told).toMatchObject({
    args: ['files', 'depth', 'root', 'args'],
    budget: ['spent'],
    returns: [
      { line: 6, words: "'nothing'" },
      { line: 7, words: 'an object with report, files, …more' },
    ],
  });
});

test('a saved workflow that it calls', () => {
  expect(explained("await workflow('deep-research', args)\nawait workflow(name)").steps).toMatchObject([
    { kind: 'workflow', line: 2, ref: 'deep-research' },
    { kind: 'workflow', line: 3, ref: 'name' },
  ]);
});

test('a script nested as deep as the gate lets through is told of, or said to be too deep', () => {
  const depth = 400;
  const told = explained(`${'if (a) {'.repeat(depth)} await agent('x') ${'}'.repeat(depth)}`);
  expect(told.steps.length + told.warnings.length).toBe(1);
});

describe('a way to an agent that is not followed is told of, and nobody says that there is none', () => {
  test.each([
    ["const ask = agent\nawait ask('x')", '2: agent is handed on'],
    ["await Promise.all(['a'].map(agent))", '2: agent is handed on'],
    ["await agent.call(null, 'x')", '2: agent is handed on'],
    ['const tools = { workflow }', '2: workflow is handed on'],
    ["await globalThis.agent('x')", '2: globalThis is used'],
    ["await globalThis['ag' + 'ent']('x')", '2: globalThis is used'],
    ["for (const agent of args) log(agent)\nawait agent('x')", "3: agent is a name of the script's own"],
  ])('%s', (body, message) => {
    expect(warnings(body)).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    "if (typeof agent === 'function') await agent('x')",
    "globalThis.mine = 1\nawait agent('x')",
    "class Mine { workflow = 1; agent() {} }\nawait agent('x')",
    "log(args.agent, { agent: 1, workflow: 2 })\nawait agent?.('x')",
  ])('nothing, of %s', (body) => {
    expect(warnings(body)).toEqual([]);
  });
});

describe('a script that multiplies', () => {
  const chain = (length: number, link: (at: number) => string): string =>
    Array.from({ length }, (_, at) => link(at)).join('\n');

  test('a text of lists of lists is told as far as it is short', () => {
    const lists = chain(8, (at) => `const a${at + 1} = [${Array(500).fill(`a${at}`)}].join('')`);
    expect(agents(`const a0 = 'x'\n${lists}\nawait agent(a8)`)).toHaveLength(1);
  });

  test('options of spreads of spreads', () => {
    const spreads = chain(8, (at) => `const o${at + 1} = { ${Array(100).fill(`...o${at}`)} }`);
    expect(agents(`const o0 = { label: 'x' }\n${spreads}\nawait agent('y', o8)`)).toHaveLength(1);
  });

  test('long functions that are reached in more ways than can be counted', () => {
    const functions = chain(40, (at) => `async function f${at}() { await f${at + 1}(); await f${at + 1}() }`);
    const last = `async function f40() { ${'while (a) { b() }'.repeat(1000)} await agent('x') }`;
    expect(warnings(`${functions}\n${last}\nawait f0()`)).toContainEqual(
      expect.stringContaining('not every call is listed'),
    );
  });

  test('functions that lead deeper than our own stack', () => {
    const nested = (inner: string): string => `${'if (a) { '.repeat(200)}${inner}${' }'.repeat(200)}`;
    const functions = chain(30, (at) => `async function f${at}() { ${nested(`await f${at + 1}()`)} }`);
    expect(warnings(`${functions}\nasync function f30() { await agent('x') }\nawait f0()`)).toContainEqual(
      expect.stringContaining('not every call is listed'),
    );
  });

  test('a list of data longer than the stack, in the script and returned by it', () => {
    const told = explained(`await agent('x')\nreturn [${'1,'.repeat(150_000)}]`);
    expect(told.steps).toHaveLength(1);
  });
});

test('of many phases in meta the first are named where another one is used', () => {
  const titles = Array.from({ length: 500 }, (_, at) => `{ title: 'P${at}' }`);
  const meta = `export const meta = { name: 'n', description: 'd', phases: [${titles}] }`;
  const { warnings: found } = explainScript(parseScript(`${meta}\nphase('Q')\nawait agent('x')`, 's.js'));
  expect(found).toMatchObject([{ message: expect.stringMatching(/P19 and 480 more\)$/) }]);
});
