/** Gives a script another name: the one literal in its meta, and not a character besides. */
import { metaStatement } from './meta-statement.ts';
import { keyOf } from './syntax-tree.ts';

/** `text` has been parsed as a script, so that its meta has a literal name. */
export function renamedScript(text: string, path: string, name: string): string {
  const { value } = metaStatement(text, path);
  const properties = value.type === 'ObjectExpression' ? value.properties : [];
  // Of several the last one counts, as in any object.
  const named = properties.findLast((property) => property.type === 'Property' && keyOf(property) === 'name');
  if (named?.type !== 'Property') throw new Error(`${path} has no meta.name; it was not parsed before`);
  return `${text.slice(0, named.value.start)}${JSON.stringify(name)}${text.slice(named.value.end)}`;
}
