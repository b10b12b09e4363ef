/** Which node holds which: what a name is used for stands above it. */
import type { AnyNode, Node } from 'acorn';
import { childrenOf, nodesOf } from '../syntax-tree.ts';

export function parentsIn(root: Node): ReadonlyMap<Node, AnyNode> {
  const parents = new Map<Node, AnyNode>();
  for (const node of nodesOf(root)) for (const child of childrenOf(node)) parents.set(child, node);
  return parents;
}
