/** Finds the calls a script makes and what stands around each: loops, conditions, fan-outs, and the callers of its own functions. */
import type { AnyNode, CallExpression, Node, Program } from 'acorn';
import { childrenOf } from '../syntax-tree.ts';
import { agentStep, phaseIn, workflowStep } from './agent-options.ts';
import { Enclosures } from './enclosures.ts';
import type { Enclosure, Step } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { type FunctionNode, isFunction, isNamed } from './names-in.ts';
import type { SourceWords } from './source-words.ts';

/** A script may call its functions from so many places that the ways through it are beyond counting. */
const MAX_STEPS = 300;
const MAX_EXPANSIONS = 2000;
/** All of a long script once, and what its functions hold some times over. */
const MAX_VISITS = 400_000;
/** Functions within functions that call each other: our own stack is as deep as theirs. */
const MAX_DEPTH = 600;

export interface SitesFound {
  readonly steps: readonly Step[];
  /** Each once, from however many places it is reached. */
  readonly loops: readonly Enclosure[];
  /** There were more ways than were followed. */
  readonly isCut: boolean;
}

export function callSites(program: Program, names: KnownNames, words: SourceWords): SitesFound {
  const sites = new CallSites(names, words);
  sites.readAll(program);
  return sites;
}

type Within = readonly Enclosure[];

class CallSites implements SitesFound {
  readonly steps: Step[] = [];
  isCut = false;
  readonly #loops = new Map<Node, Enclosure>();
  readonly #names: KnownNames;
  readonly #words: SourceWords;
  readonly #enclosures: Enclosures;
  /** Functions and loops that are being read, outermost first. */
  readonly #open: Node[] = [];
  /** Those in which an agent was come across. */
  readonly #asking = new Set<Node>();
  readonly #read = new Set<FunctionNode>();
  #expansions = 0;
  #visits = 0;
  #depth = 0;
  #phase: string | undefined;

  constructor(names: KnownNames, words: SourceWords) {
    this.#names = names;
    this.#words = words;
    this.#enclosures = new Enclosures(names, words);
  }

  /** One that asks no agent ends with the sandbox's patience, or is no loop to worry about. */
  get loops(): readonly Enclosure[] {
    return [...this.#loops].flatMap(([node, loop]) =>
      this.#asking.has(node) || loop.words === 'while true' ? [loop] : [],
    );
  }

  readAll(program: Program): void {
    this.#visit(program, []);
    for (const [name, its] of this.#names.functions) {
      if (this.#read.has(its)) continue;
      this.#phase = undefined;
      this.#enter(its, [this.#enclosures.uncalled(its, name)]);
    }
  }

  #visit(node: Node | null | undefined, within: Within): void {
    if (!node) return;
    this.#visits += 1;
    if (this.#visits > MAX_VISITS || this.#depth >= MAX_DEPTH) {
      this.isCut = true;
      return;
    }
    this.#depth += 1;
    this.#visitKnown(node as AnyNode, within);
    this.#depth -= 1;
  }

  #visitKnown(known: AnyNode, within: Within): void {
    switch (known.type) {
      case 'FunctionDeclaration':
        break;
      case 'VariableDeclarator':
        // One with a name is read where it is called.
        if (!(isFunction(known.init) && isNamed(known.id))) this.#children(known, within);
        break;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#enter(known, within);
        break;
      case 'CallExpression':
        this.#call(known, within);
        break;
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        this.#loop(known, this.#enclosures.loop(known), (loop) => this.#children(known, [...within, loop]));
        break;
      case 'ForOfStatement':
      case 'ForInStatement':
        this.#visit(known.right, within);
        this.#loop(known, this.#enclosures.listLoop(known), (loop) =>
          this.#visit(known.body, [...within, loop]),
        );
        break;
      case 'IfStatement':
      case 'ConditionalExpression':
        this.#visit(known.test, within);
        this.#visit(known.consequent, [...within, this.#enclosures.condition(known.test, 'only if')]);
        this.#visit(known.alternate, [...within, this.#enclosures.condition(known.test, 'unless')]);
        break;
      default:
        this.#children(known, within);
    }
  }

  #children(node: Node, within: Within): void {
    for (const child of childrenOf(node)) this.#visit(child, within);
  }

  #loop(node: Node, loop: Enclosure, read: (loop: Enclosure) => void): void {
    this.#loops.set(node, loop);
    this.#open.push(node);
    read(loop);
    this.#open.pop();
  }

  /** Each way to it is a way of its own, but for one that leads round in a circle. */
  #enter(called: FunctionNode, within: Within, given: readonly Node[] = []): void {
    this.#read.add(called);
    this.#expansions += 1;
    if (this.#expansions > MAX_EXPANSIONS) {
      this.isCut = true;
    } else if (this.#open.includes(called)) {
      this.#loops.set(called, this.#enclosures.recursion(called));
    } else {
      this.#open.push(called);
      this.#names.duringCall(called, given, () => this.#visit(called.body, within));
      this.#open.pop();
    }
  }

  #call(node: CallExpression, within: Within): void {
    const { callee } = node;
    if (isNamed(callee) && !this.#names.isDeclared(callee.name) && this.#global(callee.name, node, within)) {
      return;
    }
    const each = this.#enclosures.each(node);
    const called = this.#names.functionOf(callee);
    if (called === undefined) this.#visit(callee, within);
    for (const argument of node.arguments) {
      const isCalled = each !== undefined && this.#names.functionOf(argument) !== undefined;
      this.#handed(argument, isCalled ? [...within, each] : within);
    }
    if (called !== undefined) this.#enter(called, within, node.arguments);
  }

  /** A call that the workflow contract gives a meaning; whether that was all there is to read of it. */
  #global(name: string, node: CallExpression, within: Within): boolean {
    const surroundings = { within, phase: this.#phase };
    switch (name) {
      case 'agent':
        this.#add(agentStep(node, surroundings, this.#names, this.#words));
        return false;
      case 'workflow':
        this.#add(workflowStep(node, surroundings, this.#words));
        return false;
      case 'phase':
        this.#phase = phaseIn(node, this.#words) ?? this.#phase;
        return true;
      case 'parallel':
        this.#parallel(node, within);
        return true;
      case 'pipeline':
        this.#pipeline(node, within);
        return true;
      default:
        return false;
    }
  }

  #parallel(node: CallExpression, within: Within): void {
    const { around, thunks } = this.#enclosures.parallel(node);
    for (const thunk of thunks ?? node.arguments) this.#handed(thunk, [...within, around]);
  }

  #pipeline(node: CallExpression, within: Within): void {
    const [items, ...stages] = node.arguments;
    this.#visit(items, within);
    for (const [at, stage] of stages.entries()) {
      this.#handed(stage, [...within, this.#enclosures.stage(node, at + 1)]);
    }
  }

  /** A name that is handed to somebody is called by them. */
  #handed(argument: Node, within: Within): void {
    const called = isNamed(argument) ? this.#names.functionOf(argument) : undefined;
    if (called === undefined) this.#visit(argument, within);
    else this.#enter(called, within);
  }

  #add(step: Step): void {
    for (const node of this.#open) this.#asking.add(node);
    if (this.steps.length < MAX_STEPS) this.steps.push(step);
    else this.isCut = true;
  }
}
