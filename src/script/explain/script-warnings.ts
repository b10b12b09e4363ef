/** What a reader of a script should know before it runs: it may never end, trip over a failed agent, or ask for what is not there. */
import type { AnyNode, Program } from 'acorn';
import type { Meta } from '../read-meta.ts';
import { lineOf, nodesOf } from '../syntax-tree.ts';
import type { Enclosure, Step, Warning } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { isNamed, methodIn } from './names-in.ts';
import { isKey, isTypeof, type Parents } from './parents.ts';
import { UNKNOWN } from './source-words.ts';
import { uncheckedResults } from './unchecked-results.ts';
import { unfollowedCalls } from './unfollowed-calls.ts';

export interface ScriptFacts {
  readonly program: Program;
  readonly parents: Parents;
  readonly names: KnownNames;
  readonly meta: Meta;
  readonly steps: readonly Step[];
  readonly loops: readonly Enclosure[];
  /** There are more steps than these. */
  readonly isCut: boolean;
}

export function scriptWarnings(facts: ScriptFacts): Warning[] {
  const unfollowed = unfollowedCalls(facts);
  const found = [
    ...unfollowed,
    ...facts.loops.flatMap(loopWarnings),
    ...callWarnings(facts.program),
    ...absentNames(facts),
    ...unknownPhases(facts),
    ...uncheckedResults(facts),
  ];
  if (facts.isCut) {
    const message =
      'it nests deeper, or its functions call each other in more ways, than is followed here: not every call is listed';
    found.push({ line: 1, message });
  } else if (facts.steps.length === 0 && unfollowed.length === 0) {
    found.push({
      line: 1,
      message: 'it calls no agent() and no workflow(): there is nothing for agents to do',
    });
  }
  const once = new Map(found.map((warning) => [`${warning.line} ${warning.message}`, warning]));
  return [...once.values()].sort((a, b) => a.line - b.line);
}

function loopWarnings({ line, words, bound }: Enclosure): Warning[] {
  if (bound.kind === 'none') {
    const message = `${words}: no bound was seen; count the rounds and stop at a limit`;
    return [{ line, message }];
  }
  if (bound.kind !== 'budget' || bound.asksForTotal) return [];
  return [
    { line, message: `${words}: only a budget ends it (--budget-tokens); without one it goes on for ever` },
  ];
}

const FAN_OUTS = new Set(['agent', 'workflow', 'parallel', 'pipeline']);

function callWarnings(program: Program): Warning[] {
  const found: Warning[] = [];
  for (const node of nodesOf(program)) {
    const line = lineOf(node);
    if (node.type === 'ExpressionStatement' && isFanOut(node.expression)) {
      const message = 'nobody waits for this call: its agents are stopped when the script ends; await it';
      found.push({ line, message });
    }
    const [object, method] = methodIn(node);
    if (object !== 'Promise' || ![...nodesOf(node)].some(isFanOut)) continue;
    if (method === 'race' || method === 'any') {
      const message = `Promise.${method}: the result depends on which agent is first, so that a resumed run may differ`;
      found.push({ line, message });
    } else if (method === 'all') {
      const message =
        'Promise.all: one agent that throws ends all of it; parallel() makes null of that one and says so';
      found.push({ line, message });
    }
  }
  return found;
}

function isFanOut(node: AnyNode): boolean {
  return node.type === 'CallExpression' && isNamed(node.callee) && FAN_OUTS.has(node.callee.name);
}

/** What scripts that were written for Node reach for. */
const ABSENT = new Set(
  (
    'process require module exports __dirname __filename Buffer fetch setInterval setImmediate queueMicrotask ' +
    'structuredClone TextEncoder TextDecoder AbortController WebAssembly SharedArrayBuffer Atomics performance crypto global'
  ).split(' '),
);

function absentNames({ program, parents, names }: ScriptFacts): Warning[] {
  const guarded = new Set<string>();
  const used: { readonly name: string; readonly line: number }[] = [];
  for (const node of nodesOf(program)) {
    if (!isNamed(node) || !ABSENT.has(node.name) || names.isDeclared(node.name)) continue;
    const parent = parents.get(node);
    if (isTypeof(parent)) guarded.add(node.name);
    else if (!isKey(node, parent)) used.push({ name: node.name, line: lineOf(node) });
  }
  return used
    .filter(({ name }) => !guarded.has(name))
    .map(({ name, line }) => ({
      line,
      message: `${name} is not there in a workflow script: have an agent do it, or pass the value in through args`,
    }));
}

function unknownPhases({ meta, steps }: ScriptFacts): Warning[] {
  if (meta.phases.length === 0) return [];
  const known = new Set(meta.phases.map(({ title }) => title));
  const titles = listed([...known]);
  return steps.flatMap(({ phase, line }) =>
    phase === undefined || known.has(phase) || phase.includes(UNKNOWN)
      ? []
      : [
          {
            line,
            message: `phase ${JSON.stringify(phase)} is not among those of meta (${titles})`,
          },
        ],
  );
}

const MOST_TITLES = 20;

function listed(titles: readonly string[]): string {
  const more = titles.length - MOST_TITLES;
  return `${titles.slice(0, MOST_TITLES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
