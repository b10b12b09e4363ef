/** What one `agent()` or `workflow()` of a script asks for, as far as its arguments are written out. */
import type { AnyNode, CallExpression } from 'acorn';
import { lineOf } from '../syntax-tree.ts';
import type { AgentStep, Enclosure, WorkflowStep } from './explanation.ts';
import type { KnownNames } from './known-names.ts';
import { objectFields } from './object-fields.ts';
import { type SourceWords, UNKNOWN } from './source-words.ts';

export interface CallSurroundings {
  readonly within: readonly Enclosure[];
  /** Of the last `phase()` before it. */
  readonly phase: string | undefined;
}

const UNKNOWN_OPTIONS = 'not told by the text';

export function agentStep(
  node: CallExpression,
  { within, phase }: CallSurroundings,
  names: KnownNames,
  words: SourceWords,
): AgentStep {
  const [prompt, options] = node.arguments;
  const read = options === undefined ? undefined : objectFields(options, names);
  const text = (key: string): string | undefined => {
    const value = read?.fields.get(key);
    return value === undefined ? undefined : words.text(value);
  };
  return {
    kind: 'agent',
    line: lineOf(node),
    prompt: prompt === undefined ? '' : words.text(prompt),
    label: text('label') ?? (options !== undefined && read === undefined ? UNKNOWN_OPTIONS : undefined),
    phase: text('phase') ?? phase,
    schema: schemaFields(read?.fields.get('schema'), names),
    model: text('model'),
    effort: text('effort'),
    isolation: text('isolation'),
    agentType: text('agentType'),
    within,
  };
}

export function workflowStep(
  node: CallExpression,
  { within, phase }: CallSurroundings,
  words: SourceWords,
): WorkflowStep {
  const [ref] = node.arguments;
  const text = ref === undefined ? '' : words.text(ref);
  const said = ref !== undefined && text === UNKNOWN ? words.source(ref) : text;
  return { kind: 'workflow', line: lineOf(node), ref: said, phase, within };
}

export function phaseIn({ arguments: [title] }: CallExpression, words: SourceWords): string | undefined {
  return title === undefined ? undefined : words.text(title);
}

/** Its first level. */
function schemaFields(schema: AnyNode | undefined, names: KnownNames): readonly string[] | undefined {
  if (schema === undefined) return undefined;
  const properties = objectFields(schema, names)?.fields.get('properties');
  const read = properties === undefined ? undefined : objectFields(properties, names);
  return [...(read?.fields.keys() ?? [])];
}
