/** Shows a file in the user's browser: through the system's own opener, which knows which one that is. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import { pathToFileURL } from 'node:url';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Clock } from '../../core/ports.ts';
import type { Environment, Program } from '../../core/program.ts';
import { executableOnPath } from '../../wire/files/executable.ts';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open' };
const OTHER_OPENER = 'xdg-open';

/** An opener may be the browser itself, and stay: one that has not failed by then has worked. */
const PATIENCE_MS = 2_000;

/** Throws `UserError` where there is no browser, or the opener fails: the page is there all the same. */
export async function openInBrowser(file: string, { env, clock }: Program): Promise<void> {
  const name = OPENERS[os.platform()] ?? OTHER_OPENER;
  const fault = (why: string): UserError => {
    const yourself = `the page is written, open it yourself: ${pathToFileURL(file).href}`;
    return new UserError(`--open: ${why}; ${yourself}`, EXIT.scriptFailed);
  };
  if (name === OTHER_OPENER && !hasScreen(env)) {
    throw fault('there is no screen to show a browser on (DISPLAY and WAYLAND_DISPLAY are not set)');
  }
  const program = executableOnPath(name, env['PATH']);
  if (program === undefined) throw fault(`there is no ${name} on PATH, which opens the browser`);
  const problem = await problemOf(program, file, env, clock);
  if (problem !== undefined) throw fault(`${name} failed (${problem})`);
}

/** What went wrong within the first moments; `undefined` for nothing. */
async function problemOf(
  program: string,
  file: string,
  env: Environment,
  clock: Clock,
): Promise<string | undefined> {
  // Its own words go nowhere: stdout holds the path of the page, and a browser talks on for hours.
  const child = spawn(program, [file], { env: { ...env }, stdio: 'ignore', detached: true });
  child.unref();
  return await new Promise((resolve) => {
    const cancel = clock.after(PATIENCE_MS, () => resolve(undefined));
    const done = (problem: string | undefined): void => {
      cancel();
      resolve(problem);
    };
    child.once('error', ({ message }) => done(message));
    child.once('exit', (code, signal) => done(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
}

function hasScreen(env: Environment): boolean {
  return ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'].some((name) => (env[name] ?? '') !== '');
}
