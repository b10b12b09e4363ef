/** Where a script uses what an agent gave without a thought for one that failed, which is `null`. Only what is plain to see is told. */
import type { AnyNode, Node, Program } from 'acorn';
import { lineOf, nodesOf } from '../syntax-tree.ts';
import type { Warning } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { type FunctionNode, isFunction, isNamed, type Named, namesIn } from './names-in.ts';
import type { Parents } from './parents.ts';

interface ResultFacts {
  readonly program: Program;
  readonly parents: Parents;
  readonly names: KnownNames;
}

/** Of one result; of a list of results. */
const ONE = new Set(['agent']);
const MANY = new Set(['parallel', 'pipeline']);
const ELEMENT_METHODS = new Set(['map', 'flatMap', 'forEach', 'some', 'every']);

export function uncheckedResults({ program, parents, names }: ResultFacts): Warning[] {
  const references = referencesIn(program);
  const found: Warning[] = [];
  // A name of two things has no value: it may be looked at in one place for what is used in the other.
  for (const node of nodesOf(program)) {
    if (node.type === 'MemberExpression' && !node.optional && isCallOf(ONE, node.object)) {
      found.push(mayBeNull(node, 'what this agent gives'));
    }
    if (node.type !== 'VariableDeclarator' || !node.init) continue;
    if (isCallOf(ONE, node.init)) {
      if (node.id.type !== 'Identifier') found.push(mayBeNull(node, 'what this agent gives'));
      else if (names.hasValue(node.id.name))
        found.push(...usesOfOne(references.get(node.id.name) ?? [], parents));
    }
    if (isCallOf(MANY, node.init) && isNamed(node.id) && names.hasValue(node.id.name)) {
      found.push(...usesOfMany(references.get(node.id.name) ?? [], parents));
    }
  }
  return found;
}

function mayBeNull(node: Node, what: string): Warning {
  return {
    line: lineOf(node),
    message: `${what} is null where the agent failed, and its fields are used without a look at that`,
  };
}

/** `await agent(…)`, bare or awaited. */
function isCallOf(callees: ReadonlySet<string>, node: Node): boolean {
  const call =
    node.type === 'AwaitExpression' ? (node as Extract<AnyNode, { type: 'AwaitExpression' }>).argument : node;
  if (call.type !== 'CallExpression') return false;
  const { callee } = call as Extract<AnyNode, { type: 'CallExpression' }>;
  return isNamed(callee) && callees.has(callee.name);
}

/** `uses`: all of one name. */
function usesOfOne(uses: readonly Named[], parents: Parents): Warning[] {
  if (uses.some((use) => isLookedAt(use, parents))) return [];
  const access = uses.find((use) => {
    const parent = parents.get(use);
    return parent?.type === 'MemberExpression' && parent.object === use;
  });
  return access === undefined ? [] : [mayBeNull(access, `\`${access.name}\``)];
}

function usesOfMany(uses: readonly Named[], parents: Parents): Warning[] {
  if (uses.some((use) => methodOn(use, parents) === 'filter')) return [];
  for (const use of uses) {
    const method = methodOn(use, parents);
    if (method === undefined || !ELEMENT_METHODS.has(method)) continue;
    const call = parents.get(parents.get(use) ?? use);
    const callback = call?.type === 'CallExpression' ? call.arguments[0] : undefined;
    if (isFunction(callback) && trustsElement(callback, parents)) {
      return [mayBeNull(use, `an entry of \`${use.name}\``)];
    }
  }
  return [];
}

function trustsElement(callback: FunctionNode, parents: Parents): boolean {
  const [element] = callback.params;
  if (element?.type === 'ObjectPattern') return true;
  if (!isNamed(element)) return false;
  return usesOfOne(referencesIn(callback.body).get(element.name) ?? [], parents).length > 0;
}

/** By name, in one walk: a script may have as many names as it has lines. */
function referencesIn(scope: Node): ReadonlyMap<string, readonly Named[]> {
  const found = new Map<string, Named[]>();
  for (const node of nodesOf(scope)) {
    if (!isNamed(node)) continue;
    const uses = found.get(node.name);
    if (uses === undefined) found.set(node.name, [node]);
    else uses.push(node);
  }
  return found;
}

function methodOn(use: Node, parents: Parents): string | undefined {
  const parent = parents.get(use);
  if (parent?.type !== 'MemberExpression' || parent.object !== use) return undefined;
  return isNamed(parent.property) ? parent.property.name : undefined;
}

/** It is tested, compared, defaulted, or asked with `?.`. */
function isLookedAt(use: Node, parents: Parents): boolean {
  const parent = parents.get(use);
  switch (parent?.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return parent.test === use;
    case 'LogicalExpression':
      return parent.left === use || isLookedAt(parent, parents);
    case 'UnaryExpression':
      return parent.operator === '!';
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator);
    case 'MemberExpression':
      return parent.object === use && parent.optional;
    case 'CallExpression':
      return isNamed(parent.callee) && parent.callee.name === 'Boolean';
    case 'ArrayExpression':
      return methodOn(parent, parents) === 'filter';
    case 'AssignmentExpression':
      return namesIn(parent.left).length > 0 && /^(\?\?|\|\||&&)=$/.test(parent.operator);
    default:
      return false;
  }
}
