/** The switch that turns workflows off for a user, a project or a machine, as whoever begins one from the command line meets it. */
import { UserError } from '../core/exit.ts';
import type { Program } from '../core/program.ts';
import { mayBeCommitted } from '../print/context/git.ts';
import * as environment from '../print/environment.ts';
import { setting } from '../print/environment.ts';
import { readSettings } from '../print/settings/read-settings.ts';
import { MANAGED_FILE } from '../print/settings/settings-places.ts';
import { whoTurnedWorkflowsOff } from '../print/settings/workflows-off.ts';

type OwnProgram = Pick<Program, 'env' | 'homeDir' | 'clock'>;

/** `cwd`: where the agents would work. Throws `UserError` where workflows are off. */
export async function refuseWhereOff(
  cwd: string,
  program: OwnProgram,
  managedFile: string = MANAGED_FILE,
): Promise<void> {
  const who = await whoTurnedOff(cwd, program, managedFile);
  if (who !== undefined) throw new UserError(`workflows are turned off by ${who}; nothing was run`);
}

/** In words; `undefined` where they are on. Throws `UserError` when managed settings cannot be read: they are meant to bind. */
export async function whoTurnedOff(
  cwd: string,
  { env, homeDir, clock }: OwnProgram,
  managedFile: string = MANAGED_FILE,
): Promise<string | undefined> {
  const configDir = setting(env, environment.CLAUDE_CONFIG_DIR);
  const places = { cwd, projectDir: cwd, homeDir, configDir, managedFile };
  const isCommitted = async (file: string): Promise<boolean> => await mayBeCommitted(file, { env, clock });
  const read = await readSettings({ ...places, flag: undefined, sources: undefined, isCommitted });
  if (read.kind === 'error') throw new UserError(read.message.replace(/^Error: /, ''));
  return whoTurnedWorkflowsOff({ ...env, ...read.settings.env }, read.settings);
}
