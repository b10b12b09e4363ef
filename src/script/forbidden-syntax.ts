/** Syntax that parses and still must not run: the one way out of the sandbox, and what would differ when the run is resumed. */
import type { AnyNode, CallExpression, Expression, NewExpression, Node, Super } from 'acorn';
import { IMPORT_REFUSAL } from './parse-goal.ts';
import { nodesOf } from './syntax-tree.ts';

export interface Forbidden {
  readonly offset: number;
  readonly found: string;
  readonly remedy: string;
}

/** The first forbidden thing in the text; `undefined` when there is none. */
export function forbiddenIn(program: Node): Forbidden | undefined {
  const nodes = [...nodesOf(program)];
  const ownNames = new Set(nodes.flatMap(declaredNames));
  for (const node of nodes) {
    if (node.type === 'ImportExpression') {
      return {
        offset: node.start,
        ...IMPORT_REFUSAL,
        found: '`import()` is not available in a workflow script',
      };
    }
    const call = unrepeatableCall(node);
    if (call !== undefined && !ownNames.has(call.global)) {
      return {
        offset: node.start,
        found: `a workflow script must do the same when it is resumed: \`${call.text}\` is not available`,
        remedy: call.remedy,
      };
    }
  }
  return undefined;
}

interface UnrepeatableCall {
  /** A script that declares this name itself means its own. */
  readonly global: 'Date' | 'Math';
  readonly text: string;
  readonly remedy: string;
}

const PASS_TIME = 'pass the time in through args, or stamp the result after the run';
const PASS_SEED = 'choose by index, or pass a random seed in through args';

function unrepeatableCall(node: AnyNode): UnrepeatableCall | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined;
  const callee = calleeName(node);
  if (callee === 'Date.now') return { global: 'Date', text: 'Date.now()', remedy: PASS_TIME };
  if (callee === 'Math.random') return { global: 'Math', text: 'Math.random()', remedy: PASS_SEED };
  if (callee !== 'Date') return undefined;
  if (node.type === 'CallExpression') return { global: 'Date', text: 'Date()', remedy: PASS_TIME };
  return node.arguments.length === 0 ? { global: 'Date', text: 'new Date()', remedy: PASS_TIME } : undefined;
}

function calleeName({ callee }: CallExpression | NewExpression): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined;
  const { property } = callee;
  if (!callee.computed)
    return property.type === 'Identifier' ? `${callee.object.name}.${property.name}` : undefined;
  return `${callee.object.name}.${literalText(property)}`;
}

function literalText(node: Expression | Super | Node): string {
  return 'value' in node && typeof node.value === 'string' ? node.value : '';
}

/** Coarse on purpose: a name declared anywhere in the script counts as declared everywhere. What slips through throws when it is called. */
function declaredNames(node: AnyNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return namesIn(node.id);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [
        ...namesIn(node.type === 'ArrowFunctionExpression' ? null : node.id),
        ...node.params.flatMap(namesIn),
      ];
    case 'ClassDeclaration':
    case 'ClassExpression':
      return namesIn(node.id);
    case 'CatchClause':
      return namesIn(node.param);
    default:
      return [];
  }
}

function namesIn(pattern: Node | null | undefined): string[] {
  if (pattern === null || pattern === undefined) return [];
  return [...nodesOf(pattern)].flatMap((node) => (node.type === 'Identifier' ? [node.name] : []));
}
