/** Fields of an object as it is written in the script: names that stand for objects and spreads are followed. */
import type { AnyNode, Node } from 'acorn';
import { keyOf } from '../syntax-tree.ts';

/** Tells what a name stands for. */
export interface NameReader {
  valueOf(node: Node): AnyNode;
}

export interface ObjectFields {
  readonly fields: ReadonlyMap<string, AnyNode>;
  /** Everything that makes it up was read. */
  readonly isWhole: boolean;
}

/** Of all objects that one is made of: each may be made of many. */
const MAX_SPREADS = 50;

/** `undefined` where the text does not tell what object it is. */
export function objectFields(node: Node, names: NameReader): ObjectFields | undefined {
  return fieldsOf(node, names, { spreads: MAX_SPREADS });
}

function fieldsOf(node: Node, names: NameReader, left: { spreads: number }): ObjectFields | undefined {
  const object = names.valueOf(node);
  if (object.type !== 'ObjectExpression') return undefined;
  const fields = new Map<string, AnyNode>();
  let isWhole = true;
  for (const property of object.properties) {
    if (property.type === 'SpreadElement') {
      left.spreads -= 1;
      const more = left.spreads < 0 ? undefined : fieldsOf(property.argument, names, left);
      isWhole &&= more?.isWhole ?? false;
      for (const [key, value] of more?.fields ?? []) fields.set(key, value);
      continue;
    }
    const key = keyOf(property);
    if (key === undefined) isWhole = false;
    else fields.set(key, property.value);
  }
  return { fields, isWhole };
}
