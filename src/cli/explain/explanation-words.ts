/** What a script will do, for a person: phase by phase, each call with what it asks, how often, and what comes back. */
import { countText } from '../../report/text/figures.ts';
import { safeLine, shortLine } from '../../report/text/safe-text.ts';
import type { AgentStep, Bound, Enclosure, Explanation, Step } from '../../script/explain/explanation.ts';

const PROMPT_CHARACTERS = 100;
const LABEL_COLUMNS = 11;

/** Every line is safe to show, whoever wrote the script. */
export function explanationLines(told: Explanation): string[] {
  const { meta, args, budget, returns, warnings } = told;
  return [
    `${safeLine(meta.name)}: ${safeLine(meta.description)}`,
    ...entry('when', meta.whenToUse === undefined ? [] : [safeLine(meta.whenToUse)]),
    ...entry('phases', meta.phases.length === 0 ? [] : [meta.phases.map(phaseText).join(' → ')]),
    ...entry('args', args.length === 0 ? ['none are read'] : [argsText(args)]),
    ...entry('calls', stepLines(told.steps)),
    ...entry(
      'budget',
      budget.length === 0 ? [] : [`reads ${budget.map((name) => `budget.${name}`).join(', ')}`],
    ),
    ...entry(
      'returns',
      returns.length === 0
        ? ['nothing']
        : returns.map(({ line, words }) => `${safeLine(words)} (line ${line})`),
    ),
    ...entry(
      'beware',
      warnings.map(({ line, message }) => `line ${line}: ${safeLine(message)}`),
    ),
  ];
}

/** A word of ours, and what it stands before. */
export function entry(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? label : '').padEnd(LABEL_COLUMNS)}${line}`.trimEnd());
}

function phaseText({ title, detail }: Explanation['meta']['phases'][number]): string {
  return safeLine(detail === undefined ? title : `${title} (${detail})`);
}

function argsText(args: readonly string[]): string {
  return args.map((name) => (name === 'args' ? 'args, as a whole' : `args.${safeLine(name)}`)).join(', ');
}

function stepLines(steps: readonly Step[]): string[] {
  if (steps.length === 0) return ['none'];
  let phase: string | undefined;
  return steps.flatMap((step, at) => {
    const head = at === 0 || step.phase !== phase ? [`${phaseWords(step.phase)}:`] : [];
    phase = step.phase;
    return [...head, ...stepText(step).map((line) => `  ${line}`)];
  });
}

function phaseWords(phase: string | undefined): string {
  if (phase === '…') return 'in a phase that the text does not tell';
  return phase === undefined ? 'in no phase' : safeLine(phase);
}

function stepText(step: Step): string[] {
  const around = step.within.map(enclosureWords);
  const where = around.length === 0 ? ['once'] : around;
  if (step.kind === 'workflow') {
    return [`line ${step.line}: the workflow ${shortLine(step.ref, PROMPT_CHARACTERS)}, ${where.join(', ')}`];
  }
  return [
    `line ${step.line}: an agent, ${where.join(', ')}`,
    `  asks ${JSON.stringify(shortLine(step.prompt, PROMPT_CHARACTERS))}`,
    ...optionLines(step),
  ];
}

function optionLines({ label, schema, model, effort, isolation, agentType }: AgentStep): string[] {
  const said = [
    gives(schema),
    ...(label === undefined ? [] : [`label ${shortLine(label, 60)}`]),
    ...(model === undefined ? [] : [`model ${safeLine(model)}`]),
    ...(effort === undefined ? [] : [`effort ${safeLine(effort)}`]),
    ...(agentType === undefined ? [] : [`agent type ${safeLine(agentType)}`]),
    ...(isolation === undefined ? [] : [isolationWords(isolation)]),
  ];
  return [`  ${said.join('; ')}`];
}

function gives(schema: AgentStep['schema']): string {
  if (schema === undefined) return 'gives text';
  return schema.length === 0 ? 'gives a value of a schema' : `gives { ${schema.map(safeLine).join(', ')} }`;
}

function isolationWords(isolation: string): string {
  return isolation === 'worktree' ? 'in a working tree of its own' : `isolation ${safeLine(isolation)}`;
}

function enclosureWords({ words, bound }: Enclosure): string {
  const often = boundWords(bound);
  return `${safeLine(words)}${often === '' ? '' : ` (${often})`}`;
}

function boundWords(bound: Bound): string {
  switch (bound.kind) {
    case 'once':
      return '';
    case 'list':
      return bound.times === undefined ? '' : countText(bound.times, 'time');
    case 'counted':
      return bound.times === undefined
        ? `ends by ${safeLine(bound.words)}`
        : `at most ${countText(bound.times, 'time')}`;
    case 'budget':
      return 'until the budget is spent';
    case 'none':
      return 'no bound seen';
  }
}
