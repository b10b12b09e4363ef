/** Ways to an agent that are not followed: who reads what a script does is to know that there is more of it than was listed. */
import type { AnyNode, Node, Program } from 'acorn';
import { lineOf, nodesOf } from '../syntax-tree.ts';
import type { Warning } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { isNamed, type Named } from './names-in.ts';
import { isKey, isTypeof, type Parents } from './parents.ts';

interface CallFacts {
  readonly program: Program;
  readonly parents: Parents;
  readonly names: KnownNames;
}

const ASKING = new Set(['agent', 'workflow']);

export function unfollowedCalls({ program, parents, names }: CallFacts): Warning[] {
  const found: Warning[] = [];
  for (const node of nodesOf(program)) {
    if (!isNamed(node)) continue;
    const parent = parents.get(node);
    if (isKey(node, parent)) continue;
    const message = ASKING.has(node.name)
      ? ofAsking(node, parent, names)
      : node.name === 'globalThis' && reachesAsking(node, parent)
        ? 'globalThis is used: calls by way of it are not followed, and are not listed'
        : undefined;
    if (message !== undefined) found.push({ line: lineOf(node), message });
  }
  return found;
}

function ofAsking(node: Named, parent: AnyNode | undefined, names: KnownNames): string | undefined {
  const isCalled = parent?.type === 'CallExpression' && parent.callee === node;
  if (names.isDeclared(node.name)) {
    return isCalled
      ? `${node.name} is a name of the script's own, too: no call of ${node.name}() is listed`
      : undefined;
  }
  return isCalled || isTypeof(parent)
    ? undefined
    : `${node.name} is handed on: calls of it by another name are not followed, and are not listed`;
}

/** `globalThis.mine = 1` reaches nothing but a name of its own. */
function reachesAsking(node: Node, parent: AnyNode | undefined): boolean {
  if (isTypeof(parent)) return false;
  if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return true;
  return isNamed(parent.property) && ASKING.has(parent.property.name);
}
