/** Walks a tree of acorn without recursion: a script may nest deeper than our own stack would follow. */
import type { AnyNode, Node, Property } from 'acorn';

/** Every node of the tree, parents before their children, in the order of the text. */
export function* nodesOf(root: Node): Generator<AnyNode> {
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node as AnyNode;
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined) open.push(child);
    }
  }
}

/** In the order of the text. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (isNode(value)) children.push(value);
    // One by one: as arguments of one call, a long list of data would be more than the stack holds.
    else if (Array.isArray(value)) for (const each of value) if (isNode(each)) children.push(each);
  }
  return children;
}

/** `undefined` where only a run knows it. */
export function keyOf({ key, computed }: Property): string | undefined {
  if (key.type === 'Identifier' && !computed) return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

/** 1 where the parser was not asked for places. */
export function lineOf({ loc }: Node): number {
  return loc?.start.line ?? 1;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
