/** Questions to the outside and their answers: `agent` and `workflow`. */
import { MAX_OPEN_REQUESTS } from '../script-limits.ts';
import { parseWallJson } from '../wall-json.ts';
import { post } from './outbox.ts';
import { shown } from './shown.ts';

interface Delivered {
  readonly kind: string;
  readonly payload: string;
}

/** The options that exist: nothing else is read, because wrappers pass private keys through, of any size and kind. */
const AGENT_OPTIONS = [
  'label',
  'phase',
  'schema',
  'model',
  'effort',
  'isolation',
  'agentType',
  'stallMs',
] as const;

const pending = new Map<number, (delivered: Delivered) => void>();
/** The very errors that a cap gave the script. */
const capErrors = new WeakSet<object>();
let lastId = 0;

export async function agent(prompt?: unknown, options?: unknown): Promise<unknown> {
  const payload = `{"prompt":${JSON.stringify(shown(prompt))},"options":${optionsJson(options)}}`;
  return unwrapped(await asked('agent', payload, 'the prompt of agent() with its options'));
}

export async function workflow(ref?: unknown, args?: unknown): Promise<unknown> {
  const argsJson = JSON.stringify(args) as string | undefined;
  const argsPart = argsJson === undefined ? '' : `,"args":${JSON.stringify(argsJson)}`;
  return unwrapped(
    await asked('workflow', `{"ref":${jsonOf(ref) ?? 'null'}${argsPart}}`, 'the arguments of workflow()'),
  );
}

export function answer(kind: string, id: number, payload: string): void {
  const settle = pending.get(id);
  pending.delete(id);
  settle?.({ kind, payload });
}

export function isCapError(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && capErrors.has(thrown);
}

function asked(kind: 'agent' | 'workflow', payload: string, what: string): Promise<Delivered> {
  if (pending.size >= MAX_OPEN_REQUESTS) {
    throw new RangeError(`${kind}(): ${MAX_OPEN_REQUESTS} calls wait already; await some of them first`);
  }
  lastId += 1;
  const id = lastId;
  post(kind, id, payload, what);
  return new Promise((resolve) => {
    pending.set(id, resolve);
  });
}

/** Runs in the async function that the script awaits, so that the stack of the error names the script's own line. */
function unwrapped({ kind, payload }: Delivered): unknown {
  if (kind === 'value') return parseWallJson(payload);
  const { name, message, cap } = JSON.parse(payload) as { name: string; message: string; cap: boolean };
  const error = errorNamed(name, message);
  if (cap) capErrors.add(error);
  throw error;
}

const ERROR_CLASSES: ReadonlyMap<string, ErrorConstructor> = new Map(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => [each.name, each]),
);

function errorNamed(name: string, message: string): Error {
  const known = ERROR_CLASSES.get(name);
  if (known !== undefined) return new known(message);
  const error = new Error(message);
  if (name !== 'Error')
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  return error;
}

function optionsJson(options: unknown): string {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return '{}';
  const given = options as Readonly<Record<string, unknown>>;
  const parts = AGENT_OPTIONS.map((name) => {
    const value = given[name];
    const json = name === 'schema' ? (JSON.stringify(value) as string | undefined) : jsonOf(value);
    return json === undefined ? '' : `"${name}":${json}`;
  });
  return `{${parts.filter((part) => part !== '').join(',')}}`;
}

/** What JSON cannot hold counts as not given. A schema is the exception: there it is the author's error, and thrown. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}
