/** Says what a script will do from its syntax tree: the very text V8 would compile is read, and nothing of it runs. */
import type { AnyNode, Node, Program } from 'acorn';
import { type ParsedScript, SCRIPT_GOAL } from '../parse-script.ts';
import { ScriptParser } from '../script-parser.ts';
import { childrenOf, lineOf, nodesOf } from '../syntax-tree.ts';
import { callSites } from './call-sites.ts';
import type { Explanation, Returned } from './explanation.ts';
import { KnownNames } from './known-names.ts';
import { isFunction, isNamed } from './names-in.ts';
import { isTypeof, type Parents, parentsIn } from './parents.ts';
import { scriptWarnings } from './script-warnings.ts';
import { SourceWords } from './source-words.ts';

const MAX_RETURNS = 20;

/** Contract: throws nothing for a script that passed the gate. */
export function explainScript({ meta, code }: ParsedScript): Explanation {
  try {
    return explained(meta, ScriptParser.parse(code, { ...SCRIPT_GOAL, locations: true }), code);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = 'the script is nested too deeply to be explained';
    return { meta, steps: [], args: [], budget: [], returns: [], warnings: [{ line: 1, message }] };
  }
}

function explained(meta: Explanation['meta'], program: Program, code: string): Explanation {
  const names = new KnownNames(program);
  const parents = parentsIn(program);
  const words = new SourceWords(code, names);
  const { steps, loops, isCut } = callSites(program, names, words);
  return {
    meta,
    steps,
    args: membersOf('args', program, parents),
    budget: membersOf('budget', program, parents),
    returns: returnsOf(program, words),
    warnings: scriptWarnings({ program, parents, names, meta, steps, loops, isCut }),
  };
}

/** `args.files`, `const { files } = args ?? {}`; the name itself where it is taken whole. */
function membersOf(global: string, program: Program, parents: Parents): string[] {
  const found = new Set<string>();
  for (const node of nodesOf(program)) {
    if (!isNamed(node) || node.name !== global) continue;
    const parent = parents.get(node);
    if (parent?.type === 'MemberExpression') {
      if (parent.object === node) found.add(isNamed(parent.property) ? parent.property.name : global);
    } else if (!isProbe(node, parent)) {
      for (const field of destructured(node, parents) ?? [global]) found.add(field);
    }
  }
  return [...found];
}

/** A question whether there are any says nothing of what is read. */
function isProbe(node: Node, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'Property') return parent.key === node && !parent.shorthand;
  if (parent?.type === 'UnaryExpression') return isTypeof(parent) || parent.operator === '!';
  if (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') return parent.test === node;
  return parent?.type === 'LogicalExpression' && parent.operator === '&&' && parent.left === node;
}

/** What a pattern takes out of it. */
function destructured(node: Node, parents: Parents): string[] | undefined {
  let holder = parents.get(node);
  while (holder?.type === 'LogicalExpression') holder = parents.get(holder);
  if (holder?.type !== 'VariableDeclarator' || holder.id.type !== 'ObjectPattern') return undefined;
  return holder.id.properties.flatMap((property) =>
    property.type === 'Property' && isNamed(property.key) ? [property.key.name] : [],
  );
}

/** The script's own, not those of its functions. */
function returnsOf(program: Program, words: SourceWords): Returned[] {
  const [statement] = program.body;
  const wrapper = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
  if (!isFunction(wrapper)) return [];
  const found: Returned[] = [];
  const open: Node[] = [wrapper.body];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const known = node as AnyNode;
    if (known.type === 'ReturnStatement') {
      const said = known.argument ? returnedWords(known.argument, words) : 'nothing';
      found.push({ line: lineOf(known), words: said });
    }
    if (!isFunction(known)) for (const child of childrenOf(known).reverse()) open.push(child);
  }
  return found.slice(0, MAX_RETURNS);
}

function returnedWords(value: AnyNode, words: SourceWords): string {
  if (value.type !== 'ObjectExpression') return words.source(value);
  const keys = value.properties.map((property) => {
    if (property.type === 'SpreadElement') return `…${words.source(property.argument)}`;
    return isNamed(property.key) ? property.key.name : words.source(property.key);
  });
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.join(', ')}`;
}
