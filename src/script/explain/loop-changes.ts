/** What a loop does to the names it tests: counts them on, sets them back, makes lists longer or shorter. */
import type { AssignmentExpression, Node } from 'acorn';
import { nodesOf } from '../syntax-tree.ts';
import { isNamed, methodIn, namesIn } from './names-in.ts';

export interface LoopChanges {
  /** It moves by arithmetic alone: never set back, so that a comparison with it comes true at some time. */
  isCounter(name: string): boolean;
  isByOne(name: string): boolean;
  isPushed(list: string): boolean;
  /** Taken from, and never added to. */
  isDrained(list: string): boolean;
}

export function changesIn(parts: readonly (Node | null | undefined)[]): LoopChanges {
  const counted = new Set<string>();
  const stepped = new Set<string>();
  const set = new Set<string>();
  const pushed = new Set<string>();
  const taken = new Set<string>();
  for (const node of parts.flatMap((part) => (part ? [...nodesOf(part)] : []))) {
    if (node.type === 'UpdateExpression' && isNamed(node.argument)) {
      counted.add(node.argument.name);
      if (node.operator === '++') stepped.add(node.argument.name);
    }
    if (node.type === 'AssignmentExpression') {
      for (const name of namesIn(node.left)) (isArithmetic(node, name) ? counted : set).add(name);
    }
    if (node.type === 'VariableDeclarator') for (const name of namesIn(node.id)) set.add(name);
    const [list, method] = methodIn(node);
    if (list === undefined) continue;
    if (method === 'push' || method === 'unshift') pushed.add(list);
    if (method === 'shift' || method === 'pop' || method === 'splice') taken.add(list);
  }
  return {
    isCounter: (name) => counted.has(name) && !set.has(name),
    isByOne: (name) => stepped.has(name),
    isPushed: (list) => pushed.has(list),
    isDrained: (list) => taken.has(list) && !pushed.has(list) && !set.has(list),
  };
}

function isArithmetic({ operator, right }: AssignmentExpression, name: string): boolean {
  if (operator === '+=' || operator === '-=') return true;
  if (operator !== '=' || right.type !== 'BinaryExpression' || !/^[+-]$/.test(right.operator)) return false;
  return [right.left, right.right].some((side) => isNamed(side) && side.name === name);
}
