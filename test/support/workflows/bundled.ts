/** The bundled workflows and the scenario of each: what every test of all of them goes through. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Scenario } from './scenario.ts';

export const WORKFLOWS = path.resolve(import.meta.dirname, '../../../workflows');

export const BUNDLED: readonly string[] = readdirSync(WORKFLOWS).sort();

/** Rejects for a workflow without one. */
export async function scenarioOf(name: string): Promise<Scenario> {
  const file = path.resolve(import.meta.dirname, `../../workflows/scenarios/${name}.ts`);
  return ((await import(file)) as { readonly scenario: Scenario }).scenario;
}
