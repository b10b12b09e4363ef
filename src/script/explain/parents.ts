/** Which node holds which: what a name is used for stands above it. */
import type { AnyNode, Node } from 'acorn';
import { childrenOf, nodesOf } from '../syntax-tree.ts';

export type Parents = ReadonlyMap<Node, AnyNode>;

export function parentsIn(root: Node): Parents {
  const parents = new Map<Node, AnyNode>();
  for (const node of nodesOf(root)) for (const child of childrenOf(node)) parents.set(child, node);
  return parents;
}

/** `a.process` and `{ process: 1 }` name no variable. */
export function isKey(node: Node, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  if (parent?.type === 'Property') return parent.key === node && !parent.computed && !parent.shorthand;
  const isMember = parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition';
  return isMember && parent.key === node && !parent.computed;
}

/** `typeof fetch`: whether a name is there may be asked of any. */
export function isTypeof(parent: AnyNode | undefined): boolean {
  return parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
}
