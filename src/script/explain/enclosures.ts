/** What stands around a call, in words and with its bound: one function for each way a script says something more than once, or perhaps. */
import type { AnyNode, CallExpression, ForInStatement, ForOfStatement, Node } from 'acorn';
import { lineOf } from '../syntax-tree.ts';
import type { Bound, Enclosure } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { boundOfList, boundOfLoop, type ConditionLoop, listBound } from './loop-bound.ts';
import { isNamed } from './names-in.ts';
import type { SourceWords } from './source-words.ts';

/** Methods of lists that call what they are handed for each element. */
const EACH = new Set(['map', 'flatMap', 'forEach', 'filter', 'reduce', 'some', 'every', 'find']);

const ONCE: Bound = { kind: 'once' };

export class Enclosures {
  readonly #names: KnownNames;
  readonly #words: SourceWords;

  constructor(names: KnownNames, words: SourceWords) {
    this.#names = names;
    this.#words = words;
  }

  loop(node: ConditionLoop): Enclosure {
    const test = node.test ? this.#words.source(node.test) : 'true';
    return around(node, 'loop', `while ${test}`, boundOfLoop(node, this.#names, this.#words));
  }

  listLoop(node: ForOfStatement | ForInStatement): Enclosure {
    const source = this.#words.source(node.right);
    if (node.type === 'ForOfStatement') {
      return around(node, 'loop', `for each of ${source}`, boundOfList(node, this.#names));
    }
    return around(node, 'loop', `for each key of ${source}`, { kind: 'list', times: undefined });
  }

  condition(test: Node, how: 'only if' | 'unless'): Enclosure {
    return around(test, 'condition', `${how} ${this.#words.source(test)}`, ONCE);
  }

  parallel(node: CallExpression): {
    readonly around: Enclosure;
    readonly thunks: readonly Node[] | undefined;
  } {
    const [list] = node.arguments;
    const value: AnyNode | undefined = list === undefined ? undefined : this.#names.valueOf(list);
    const thunks =
      value?.type === 'ArrayExpression' ? value.elements.filter((element) => element !== null) : undefined;
    const words = thunks === undefined ? 'parallel' : `parallel of ${thunks.length}`;
    return { around: around(node, 'parallel', words, ONCE), thunks };
  }

  stage(node: CallExpression, number: number): Enclosure {
    const [items] = node.arguments;
    const list = items === undefined ? 'nothing' : this.#words.source(items);
    const bound = items === undefined ? ONCE : listBound(items, this.#names);
    return around(node, 'pipeline', `pipeline over ${list}, stage ${number}`, bound);
  }

  /** Of `list.map(…)`, `Array.from(…, …)`; `undefined` for any other call. */
  each(node: CallExpression): Enclosure | undefined {
    const { callee, arguments: given } = node;
    if (callee.type !== 'MemberExpression' || !isNamed(callee.property)) return undefined;
    const { name } = callee.property;
    const isFrom = isNamed(callee.object) && callee.object.name === 'Array' && name === 'from';
    const list = isFrom ? given[0] : callee.object;
    if (list === undefined || !(isFrom || EACH.has(name))) return undefined;
    return around(node, 'each', `for each of ${this.#words.source(list)}`, listBound(list, this.#names));
  }

  /** A function that is never seen to be called: somebody may, all the same. */
  uncalled(node: Node, name: string): Enclosure {
    return around(node, 'function', `in ${name}(), whose caller was not seen`, ONCE);
  }

  recursion(node: Node): Enclosure {
    return around(node, 'loop', 'a function that calls itself', { kind: 'none' });
  }
}

function around(node: Node, kind: Enclosure['kind'], words: string, bound: Bound): Enclosure {
  return { kind, line: lineOf(node), words, bound };
}
