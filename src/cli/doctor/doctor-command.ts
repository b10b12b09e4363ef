/** `andwait doctor`: looks at everything that agents depend on, and says in words what is wrong and what to do. */
import { EXIT, UserError } from '../../core/exit.ts';
import { type Program, VERSION } from '../../core/program.ts';
import { labelled } from '../../report/text/labelled-lines.ts';
import { safeLine } from '../../report/text/safe-text.ts';
import { printLines } from '../print-lines.ts';
import { checkAgentProgram } from './agent-program.ts';
import { checkCredentials } from './credentials.ts';
import type { DoctorOptions } from './doctor-options.ts';
import type { Finding, NamedCheck } from './finding.ts';
import { checkKeptCode } from './kept-code.ts';
import { checkLockProgram } from './lock-program.ts';
import { checkNode } from './node-version.ts';
import { checkOrphans } from './orphans.ts';
import { checkPool } from './pool-broker.ts';
import { checkSavedWorkflows } from './saved-workflows.ts';
import { checkShim } from './shim-on-path.ts';
import { checkStateFolder } from './state-folder.ts';
import { checkUnpooledCalls } from './unpooled-calls.ts';
import { checkWorkflowsOff } from './workflows-off.ts';

/** In the order in which one thing rests on another. */
const CHECKS: readonly NamedCheck[] = [
  { about: 'node', check: checkNode },
  { about: 'state', check: checkStateFolder },
  { about: 'locks', check: checkLockProgram },
  { about: 'pool', check: checkPool },
  { about: 'agent', check: checkAgentProgram },
  { about: 'bytecode', check: checkKeptCode },
  { about: 'login', check: checkCredentials },
  { about: 'shim', check: checkShim },
  { about: 'unpooled', check: checkUnpooledCalls },
  { about: 'orphans', check: checkOrphans },
  { about: 'saved', check: checkSavedWorkflows },
  { about: 'workflows', check: checkWorkflowsOff },
];

export async function doctorCommand({ json }: DoctorOptions, program: Program): Promise<number> {
  const findings: Finding[] = [];
  for (const one of CHECKS) findings.push(...(await findingsOf(one, program)));
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const lines = json
    ? [JSON.stringify({ healthy: problems === 0, findings })]
    : [...findings.flatMap(linesOf), verdict(problems)];
  const code = await printLines(program, lines);
  return code === EXIT.done && problems > 0 ? EXIT.scriptFailed : code;
}

/** A machine so ill that a check throws is the one whose other findings are needed most. */
export async function findingsOf(
  { about, check }: NamedCheck,
  program: Program,
): Promise<readonly Finding[]> {
  try {
    return await check(program);
  } catch (error) {
    if (error instanceof UserError) return [{ about, level: 'problem', message: error.message }];
    const message = `this could not be checked (${error instanceof Error ? error.message : String(error)})`;
    const remedy = `if nothing else here explains it, please report it (andwait ${VERSION})`;
    return [{ about, level: 'problem', message, remedy }];
  }
}

function linesOf({ about, level, message, remedy }: Finding): string[] {
  const told = `${about.padEnd(9)} ${safeLine(message)}`;
  const advice = level === 'ok' || remedy === undefined ? [] : [`${' '.repeat(10)}→ ${safeLine(remedy)}`];
  return labelled(level, [told, ...advice]);
}

function verdict(problems: number): string {
  if (problems === 0) return 'nothing is wrong';
  return problems === 1 ? '1 problem' : `${problems} problems`;
}
