/** Reads an object literal without evaluating anything: what is no literal is refused by the name of its syntax. */
import type { Expression, ObjectExpression, Property, SpreadElement } from 'acorn';
import type { Json } from '../core/json.ts';
import { keyOf } from './syntax-tree.ts';

/** Where a value stops being a literal. */
export class NotLiteral extends Error {
  readonly offset: number;
  constructor(found: string, offset: number) {
    super(found);
    this.offset = offset;
  }
}

/** Names that reach an object's prototype when somebody copies the value carelessly. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Contract: throws only NotLiteral (and RangeError for a literal nested too deeply to walk). `name` says what is being read, for messages. */
export function literalValue(node: Expression, name: string): Json {
  switch (node.type) {
    case 'Literal':
      if (node.regex !== undefined) throw new NotLiteral(`${name} is a regular expression`, node.start);
      if (node.bigint !== undefined) throw new NotLiteral(`${name} is a BigInt`, node.start);
      return node.value as string | number | boolean | null;
    case 'TemplateLiteral': {
      const [only] = node.quasis;
      if (node.expressions.length > 0 || only === undefined) {
        throw new NotLiteral(`${name} is a template with \${}`, node.start);
      }
      return only.value.cooked ?? '';
    }
    case 'UnaryExpression':
      return -negatedNumber(node.operator, node.argument, node.start, name);
    case 'ArrayExpression':
      return node.elements.map((element, index) => elementValue(element, `${name}[${index}]`, node.start));
    case 'ObjectExpression':
      return objectValue(node, name);
    default:
      throw new NotLiteral(`${name} is ${inWords(node)}`, node.start);
  }
}

function negatedNumber(operator: string, argument: Expression, start: number, name: string): number {
  if (operator === '-' && argument.type === 'Literal' && typeof argument.value === 'number') {
    return argument.value;
  }
  throw new NotLiteral(`${name} is a computed value (\`${operator}\`)`, start);
}

function elementValue(element: Expression | SpreadElement | null, name: string, arrayStart: number): Json {
  if (element === null) throw new NotLiteral(`${name} is left out`, arrayStart);
  if (element.type === 'SpreadElement') throw new NotLiteral(`${name} is a spread`, element.start);
  return literalValue(element, name);
}

function objectValue(node: ObjectExpression, name: string): { readonly [key: string]: Json } {
  return Object.fromEntries(node.properties.map((property) => entryOf(property, name)));
}

function entryOf(property: Property | SpreadElement, name: string): readonly [string, Json] {
  if (property.type === 'SpreadElement') throw new NotLiteral(`${name} has a spread`, property.start);
  if (property.computed) throw new NotLiteral(`${name} has a computed key`, property.start);
  const key = keyOf(property) ?? '';
  if (REFUSED_KEYS.has(key)) throw new NotLiteral(`${name} has the key \`${key}\``, property.start);
  if (property.method || property.kind !== 'init') {
    throw new NotLiteral(`\`${key}\` is a method or accessor`, property.start);
  }
  return [key, literalValue(property.value, `\`${key}\``)];
}

function inWords(node: Expression): string {
  switch (node.type) {
    case 'Identifier':
      return `the variable ${node.name}`;
    case 'CallExpression':
      return 'a call expression';
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return 'a function';
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
      return `a computed value (${node.type})`;
    default:
      return `no literal (${node.type})`;
  }
}
