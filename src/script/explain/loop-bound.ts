/** How often a loop may go round, as far as its text tells. Doubt is no bound: who reads this wants to know what could run for ever. */
import type { AnyNode, ForOfStatement, Node } from 'acorn';
import { nodesOf } from '../syntax-tree.ts';
import type { Bound } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { changesIn, type LoopChanges } from './loop-changes.ts';
import { isNamed, memberIn } from './names-in.ts';
import type { SourceWords } from './source-words.ts';

export type ConditionLoop = Extract<
  AnyNode,
  { type: 'WhileStatement' | 'DoWhileStatement' | 'ForStatement' }
>;

const NONE: Bound = { kind: 'none' };
/** Of two that hold at once the better counts, of two of which either does, the worse. */
const WORTH: Readonly<Record<Bound['kind'], number>> = { none: 0, once: 0, budget: 1, list: 2, counted: 3 };

export function boundOfLoop(loop: ConditionLoop, names: KnownNames, words: SourceWords): Bound {
  const changes = changesIn([loop.body, loop.test, loop.type === 'ForStatement' ? loop.update : undefined]);
  const reading = { names, words, changes, start: startOf(loop) };
  const byTest = loop.test ? boundByTest(loop.test, reading) : NONE;
  if (byTest.kind !== 'none') return byTest;
  for (const node of nodesOf(loop.body)) {
    if (node.type !== 'IfStatement' || !leaves(node.consequent)) continue;
    const byExit = boundByTest(node.test, { ...reading, start: undefined });
    if (byExit.kind === 'counted') return byExit;
  }
  return NONE;
}

/** A list is as long as it is, unless the loop itself makes it longer. */
export function boundOfList({ right, body }: ForOfStatement, names: KnownNames): Bound {
  if (isNamed(right) && changesIn([body]).isPushed(right.name)) return NONE;
  return listBound(right, names);
}

export function listBound(list: Node, names: KnownNames): Bound {
  const value = names.valueOf(list);
  if (value.type !== 'ArrayExpression') return { kind: 'list', times: undefined };
  const isSpread = value.elements.some((element) => element?.type === 'SpreadElement');
  return { kind: 'list', times: isSpread ? undefined : value.elements.length };
}

interface Reading {
  readonly names: KnownNames;
  readonly words: SourceWords;
  readonly changes: LoopChanges;
  /** The number a `for` begins to count at. */
  readonly start: { readonly name: string; readonly from: number } | undefined;
}

function boundByTest(test: AnyNode, reading: Reading): Bound {
  if (test.type === 'LogicalExpression') {
    const sides = [boundByTest(test.left, reading), boundByTest(test.right, reading)];
    const [strongest = NONE, weakest = NONE] = sides.sort((a, b) => WORTH[b.kind] - WORTH[a.kind]);
    if (test.operator === '||') return weakest;
    return test.operator === '&&' ? asBudget(strongest, test) : NONE;
  }
  if (test.type === 'UnaryExpression') return boundByTest(test.argument, reading);
  if (asksBudget(test, 'remaining') || asksBudget(test, 'spent')) {
    return { kind: 'budget', asksForTotal: asksBudget(test, 'total') };
  }
  const list = lengthOf(test) ?? (test.type === 'BinaryExpression' ? lengthOf(test.left) : undefined);
  if (list !== undefined) {
    return reading.changes.isDrained(list) ? { kind: 'list', times: undefined } : NONE;
  }
  if (test.type !== 'BinaryExpression' || !/^([<>]=?|!==?)$/.test(test.operator)) return NONE;
  const isCounted = [...nodesOf(test)].some((node) => isNamed(node) && reading.changes.isCounter(node.name));
  return isCounted
    ? { kind: 'counted', times: timesOf(test, reading), words: reading.words.source(test) }
    : NONE;
}

/** `budget.total && budget.remaining() > 0` does not run without a budget. */
function asBudget(found: Bound, test: Node): Bound {
  if (found.kind !== 'budget') return found;
  return { kind: 'budget', asksForTotal: asksBudget(test, 'total') };
}

function asksBudget(test: Node, member: string): boolean {
  return [...nodesOf(test)].some((node) => {
    const [object, name] = memberIn(node);
    return object === 'budget' && name === member;
  });
}

/** The list of `queue.length`. */
function lengthOf(node: Node): string | undefined {
  const [list, member] = memberIn(node);
  return member === 'length' ? list : undefined;
}

/** Of `for (let i = 0; i < 3; i++)`. */
function timesOf(test: AnyNode, { names, start, changes }: Reading): number | undefined {
  if (test.type !== 'BinaryExpression' || start === undefined || !isNamed(test.left)) return undefined;
  const end = names.numberOf(test.right);
  if (end === undefined || test.left.name !== start.name || !changes.isByOne(start.name)) return undefined;
  if (test.operator === '<') return Math.max(0, Math.ceil(end - start.from));
  return test.operator === '<=' ? Math.max(0, Math.floor(end - start.from) + 1) : undefined;
}

function startOf(loop: ConditionLoop): Reading['start'] {
  if (loop.type !== 'ForStatement' || loop.init?.type !== 'VariableDeclaration') return undefined;
  const [declared] = loop.init.declarations;
  const from = declared?.init?.type === 'Literal' ? declared.init.value : undefined;
  return isNamed(declared?.id) && typeof from === 'number' ? { name: declared.id.name, from } : undefined;
}

function leaves(node: Node): boolean {
  return [...nodesOf(node)].some(({ type }) => /^(Break|Return|Throw)Statement$/.test(type));
}
