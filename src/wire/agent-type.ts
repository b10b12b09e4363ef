/** Reads an agent type: a Markdown file whose front matter says who the agent is and whose body is its system prompt. */
import { isJsonObject } from '../core/json.ts';

export interface AgentType {
  readonly name: string;
  readonly description: string;
  /** Tools it may be offered; `undefined` is all that the session has. */
  readonly tools: readonly string[] | undefined;
  /** Alias or id; `undefined` is the session's own (also where the file says `inherit`). */
  readonly model: string | undefined;
  readonly prompt: string;
}

export type AgentTypeReading =
  | { readonly kind: 'ok'; readonly agentType: AgentType }
  | { readonly kind: 'problem'; readonly message: string };

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/;

/** Loads a YAML parser on first use: only a session that has agent types pays for it. */
export async function parseAgentType(text: string): Promise<AgentTypeReading> {
  const match = FRONT_MATTER.exec(text);
  if (match === null) {
    return problem(
      'it has no front matter: it must begin with a line "---", keys such as name and description, and a line "---"',
    );
  }
  const fields = await fieldsOf(match[1] ?? '');
  const name = wordOf(fields['name']);
  if (name === undefined) return problem('its front matter has no "name"');
  const description = wordOf(fields['description']);
  if (description === undefined) return problem('its front matter has no "description"');
  const model = wordOf(fields['model']);
  return {
    kind: 'ok',
    agentType: {
      name,
      description,
      tools: toolsOf(fields['tools']),
      model: model === 'inherit' ? undefined : model,
      prompt: text.slice(match[0].length).trim(),
    },
  };
}

function problem(message: string): AgentTypeReading {
  return { kind: 'problem', message };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Published agent files often hold front matter that is no YAML, such as a description with colons in it; the program
 * they were written for takes it, so lines `key: value` are read as they stand where YAML gives up.
 */
async function fieldsOf(frontMatter: string): Promise<Fields> {
  const { parse } = await import('yaml');
  try {
    const parsed: unknown = parse(frontMatter, { logLevel: 'error' });
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return linesOf(frontMatter);
  }
}

function linesOf(frontMatter: string): Fields {
  const pairs = frontMatter.split(/\r?\n/).flatMap((line) => {
    const pair = /^(\w[\w-]*):\s*(.*)$/.exec(line);
    return pair === null ? [] : [[pair[1] ?? '', (pair[2] ?? '').trim()] as const];
  });
  return Object.fromEntries(pairs);
}

function wordOf(value: unknown): string | undefined {
  const word = typeof value === 'number' ? String(value) : value;
  return typeof word === 'string' && word.trim() !== '' ? word.trim() : undefined;
}

/** `Read, Grep` or a YAML list. An empty list is no tools at all; a missing key is all of them. */
function toolsOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.flatMap((entry) => wordOf(entry) ?? []);
  if (typeof value !== 'string') return undefined;
  const names = splitToolList(value);
  return names.includes('*') ? undefined : names;
}

/** Splits at commas and spaces, but not inside the parentheses of a rule: `Bash(git log, *), Read`. */
export function splitToolList(text: string): string[] {
  return text.match(/[^\s,(]+(?:\([^)]*\))?/g) ?? [];
}
