/** Agents of a bundled workflow by the phase that they are asked in: a world in which all goes well, and what a test has otherwise. */
import { expect } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import {
  type Play,
  type Played,
  playWorkflow,
  type ScriptedAnswer,
  type ScriptedCall,
} from './scripted-workflow.ts';

export type Say = (call: ScriptedCall) => ScriptedAnswer;

/** An agent of a phase that neither knows fails. */
export function sayByPhase(well: Readonly<Record<string, Say>>, over: Readonly<Record<string, Say>>): Say {
  return (call) => (over[call.phase ?? ''] ?? well[call.phase ?? ''])?.(call) ?? null;
}

export function callsIn(calls: readonly ScriptedCall[], phase: string): readonly ScriptedCall[] {
  return calls.filter((call) => call.phase === phase);
}

// biome-ignore lint/suspicious/noExplicitAny: what a script puts into its prompts is what its tests look at
type Asked = any;
/** Is given what the prompt hands over as JSON, in its last line. */
export type AskedAgent = (asked: Asked, call: ScriptedCall) => ScriptedAnswer;

export type AskedOver<Phase extends string> = Partial<Readonly<Record<Phase, AskedAgent>>> &
  Pick<Play, 'order' | 'maxAgents'> & { readonly args?: JsonObject };

export function askedIn({ prompt }: ScriptedCall): Asked {
  return JSON.parse(prompt.slice(prompt.lastIndexOf('\n') + 1));
}

export async function playAsked<Phase extends string>(
  name: string,
  world: Readonly<Record<Phase, AskedAgent>>,
  { args, order, maxAgents, ...over }: AskedOver<Phase>,
): Promise<Played> {
  const agents: Readonly<Record<string, AskedAgent>> = { ...world, ...over };
  const played = await playWorkflow(name, {
    ...(args === undefined ? {} : { args }),
    answer: (call) => agents[call.phase ?? '']?.(askedIn(call), call) ?? null,
    ...(order === undefined ? {} : { order }),
    ...(maxAgents === undefined ? {} : { maxAgents }),
  });
  // What a mistake of the script throws is null to it, as a failed agent is, and told in the log alone.
  expect(played.logs.join('\n')).not.toMatch(/\b(?:undefined|null)\b|is not|TypeError/);
  return played;
}

/** Before an agent starts, with `message`, and the `usage` to type instead. */
export async function expectRefused(
  name: string,
  args: Json | undefined,
  message: RegExp,
  usage: string,
): Promise<void> {
  const answer = () => null;
  const { status, error, calls } = await playWorkflow(
    name,
    args === undefined ? { answer } : { args, answer },
  );
  expect({ status, calls }).toEqual({ status: 'failed', calls: [] });
  expect(error?.message).toMatch(message);
  expect(error?.message).toContain(usage);
}

/** The same result after the same questions, whatever order agents end in. */
export async function expectSameInAnyOrder(
  play: (order: Pick<Play, 'order'>) => Promise<Played>,
): Promise<void> {
  const first = await play({});
  expect(first.status).toBe('completed');
  const prompts = ({ calls }: Played) => calls.map(({ prompt }) => prompt).sort();
  for (const order of ['reversed', 1, 2, 3, 4, 5] as const) {
    const other = await play({ order });
    expect(other.result).toEqual(first.result);
    expect(prompts(other)).toEqual(prompts(first));
  }
}
