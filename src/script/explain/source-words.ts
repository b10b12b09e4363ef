/** Expressions in words: a text with `…` for what only a run knows, or the source itself, cut short. */
import type { AnyNode, Node } from 'acorn';
import type { KnownNames } from './known-names.ts';
import type { FunctionNode } from './names-in.ts';

const MAX_SOURCE = 60;
const MAX_TEXT = 400;
const MAX_DEPTH = 8;
/** Names that stand for lists of names: what they come to multiplies with each. */
const MAX_PARTS = 400;
/** For what only a run knows. */
export const UNKNOWN = '…';

export class SourceWords {
  readonly #code: string;
  readonly #names: KnownNames;
  /** Of the text that is being put together. */
  #partsLeft = 0;

  constructor(code: string, names: KnownNames) {
    this.#code = code;
    this.#names = names;
  }

  /** As it stands in the file, on one line. */
  source(node: Node, maxCharacters = MAX_SOURCE): string {
    const text = this.#code.slice(node.start, node.end).replace(/\s+/g, ' ');
    return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
  }

  /** What the expression says as a text: `Review … for bugs`. */
  text(node: Node): string {
    this.#partsLeft = MAX_PARTS;
    return this.#text(node as AnyNode, MAX_DEPTH)
      .replace(/\s+/g, ' ')
      .replace(/…(\s?…)+/g, UNKNOWN)
      .trim()
      .slice(0, MAX_TEXT);
  }

  #text(node: AnyNode, depth: number): string {
    this.#partsLeft -= 1;
    if (depth === 0 || this.#partsLeft < 0) return UNKNOWN;
    switch (node.type) {
      case 'Literal':
        return String(node.value);
      case 'TemplateLiteral':
        return node.quasis.map(({ value }) => value.cooked ?? '').join(UNKNOWN);
      case 'BinaryExpression':
        if (node.operator !== '+') return UNKNOWN;
        return this.#text(node.left as AnyNode, depth - 1) + this.#text(node.right, depth - 1);
      case 'Identifier': {
        const value = this.#names.valueOf(node);
        return value.type === 'Identifier' ? UNKNOWN : this.#text(value, depth - 1);
      }
      case 'CallExpression': {
        const { callee } = node;
        if (callee.type === 'MemberExpression' && callee.object.type === 'ArrayExpression') {
          return callee.object.elements
            .map((element) => (element === null ? '' : this.#text(element, depth - 1)))
            .join(' ');
        }
        const returned = returnedBy(this.#names.functionOf(callee));
        return returned === undefined ? UNKNOWN : this.#text(returned, depth - 1);
      }
      default:
        return UNKNOWN;
    }
  }
}

/** What a function that does nothing else gives back. */
function returnedBy(called: FunctionNode | undefined): AnyNode | undefined {
  if (called === undefined) return undefined;
  const { body } = called;
  if (body.type !== 'BlockStatement') return body;
  const last = body.body.at(-1);
  return body.body.length === 1 && last?.type === 'ReturnStatement'
    ? (last.argument ?? undefined)
    : undefined;
}
