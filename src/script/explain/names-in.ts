/** The names that a piece of syntax declares or is. */
import type { AnyNode, Node } from 'acorn';

export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node?.type ?? '');
}

export type Named = Node & { readonly name: string };

export function isNamed(node: Node | null | undefined): node is Named {
  return node?.type === 'Identifier';
}

/** Both names of `budget.total`; none of what is written otherwise. */
export function memberIn(node: Node): readonly [object?: string, member?: string] {
  const { type, object, property } = node as Extract<AnyNode, { type: 'MemberExpression' }>;
  return type === 'MemberExpression' && isNamed(object) && isNamed(property)
    ? [object.name, property.name]
    : [];
}

/** Of the method that is called: `list.push(…)`. */
export function methodIn(node: AnyNode): readonly [object?: string, method?: string] {
  return node.type === 'CallExpression' ? memberIn(node.callee) : [];
}

/** Of one node alone. */
export function declaredBy(node: AnyNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return namesIn(node.id);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return [...namesIn(node.id), ...node.params.flatMap(namesIn)];
    case 'ArrowFunctionExpression':
      return node.params.flatMap(namesIn);
    case 'ClassDeclaration':
    case 'ClassExpression':
      return namesIn(node.id);
    case 'CatchClause':
      return namesIn(node.param);
    default:
      return [];
  }
}

/** The names a pattern binds, without those that its defaults only read. */
export function namesIn(pattern: Node | null | undefined): string[] {
  const node = pattern as AnyNode | null | undefined;
  switch (node?.type) {
    case 'Identifier':
      return [node.name];
    case 'AssignmentPattern':
      return namesIn(node.left);
    case 'RestElement':
      return namesIn(node.argument);
    case 'ArrayPattern':
      return node.elements.flatMap(namesIn);
    case 'ObjectPattern':
      return node.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    default:
      return [];
  }
}
