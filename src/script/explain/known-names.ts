/** What a script's names stand for, where each is declared once and never changed: scopes are not told apart, so a name of two things stands for none. */
import type { AnyNode, Expression, Node, Pattern } from 'acorn';
import { nodesOf } from '../syntax-tree.ts';
import { CallFrames } from './call-frames.ts';
import { declaredBy, type FunctionNode, isFunction, isNamed, methodIn, namesIn } from './names-in.ts';
import { objectFields } from './object-fields.ts';

export class KnownNames {
  readonly #functions = new Map<string, FunctionNode>();
  readonly #values = new Map<string, Expression>();
  readonly #declared = new Set<string>();
  readonly #frames = new CallFrames();

  constructor(root: Node) {
    const twice = new Set<string>();
    for (const node of nodesOf(root)) {
      for (const name of declaredBy(node)) {
        if (this.#declared.has(name)) twice.add(name);
        this.#declared.add(name);
      }
      if (node.type === 'FunctionDeclaration' && node.id !== null) this.#functions.set(node.id.name, node);
      if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) continue;
      if (isFunction(node.init)) this.#functions.set(node.id.name, node.init);
      else this.#values.set(node.id.name, node.init);
    }
    for (const name of [...twice, ...changedIn(root)]) {
      this.#functions.delete(name);
      this.#values.delete(name);
    }
  }

  isDeclared(name: string): boolean {
    return this.#declared.has(name);
  }

  /** It was given a value at its one declaration. */
  hasValue(name: string): boolean {
    return this.#values.has(name);
  }

  /** The function itself, or the one that a name stands for. */
  functionOf(node: Node | null | undefined): FunctionNode | undefined {
    if (isFunction(node)) return node;
    return isNamed(node) ? this.#functions.get(node.name) : undefined;
  }

  get functions(): ReadonlyMap<string, FunctionNode> {
    return this.#functions;
  }

  /** What a name was given at its declaration; anything but a name is itself. */
  valueOf(node: Node): AnyNode {
    let value = node as AnyNode;
    // A chain of names is as long as somebody wrote it, and may be a ring.
    for (let hops = 0; hops < MAX_HOPS && isNamed(value); hops++) {
      // What was handed over has been followed as far as it goes, where it came from.
      const handed = this.#frames.boundTo(value.name);
      if (handed !== undefined) return handed;
      const next = this.#values.get(value.name);
      if (next === undefined) break;
      value = next;
    }
    return value;
  }

  /** Does `work` where the parameters of `called` stand for what it is given. */
  duringCall(called: FunctionNode, given: readonly Node[], work: () => void): void {
    const bound = new Map<string, AnyNode>();
    for (const [at, parameter] of called.params.entries()) {
      const preset = parameter.type === 'AssignmentPattern' ? parameter.right : undefined;
      const argument = given[at] ?? preset;
      if (argument !== undefined) this.#bind(parameter, argument, bound);
    }
    this.#frames.during(called, bound, work);
  }

  #bind(parameter: Pattern, argument: Node, bound: Map<string, AnyNode>): void {
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    if (target.type === 'Identifier') bound.set(target.name, this.valueOf(argument));
    if (target.type !== 'ObjectPattern') return;
    const read = objectFields(argument, this)?.fields;
    for (const property of target.properties) {
      if (property.type !== 'Property' || !isNamed(property.key)) continue;
      const field = read?.get(property.key.name);
      if (field !== undefined) this.#bind(property.value, field, bound);
    }
  }

  numberOf(node: Node): number | undefined {
    const value = this.valueOf(node);
    return value.type === 'Literal' && typeof value.value === 'number' ? value.value : undefined;
  }
}

const MAX_HOPS = 5;
const CHANGING = new Set(['push', 'unshift', 'splice', 'shift', 'pop', 'fill', 'sort', 'reverse']);

function changedIn(root: Node): string[] {
  return [...nodesOf(root)].flatMap((node) => {
    if (node.type === 'AssignmentExpression') return namesIn(node.left);
    if (node.type === 'UpdateExpression') return namesIn(node.argument);
    const [list, method = ''] = methodIn(node);
    return list !== undefined && CHANGING.has(method) ? [list] : [];
  });
}
