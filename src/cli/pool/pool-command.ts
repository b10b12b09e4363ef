/** `andwait pool`: shows, sets, pauses and stops the one pool of this user, or serves it in the foreground. */
import { existsSync, readFileSync } from 'node:fs';
import {
  connectToPool,
  type PoolClient,
  PoolRefusal,
  PoolUnreachable,
} from '../../broker/client/pool-client.ts';
import { poolPlace, readSocketNote } from '../../broker/pool-place.ts';
import { readChosen } from '../../broker/pool-settings.ts';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { poolLines } from '../../report/pool-words.ts';
import { printLines } from '../print-lines.ts';
import { columnsOf } from '../reading/list-command.ts';
import { ScopedClock } from '../scoped-clock.ts';
import { actionOf, type PoolOptions, settingsOf } from './pool-options.ts';

/** Returns the exit code. */
export async function poolCommand(options: PoolOptions, program: Program): Promise<number> {
  switch (actionOf(options)) {
    case 'status':
      return await showStatus(program, options.json);
    case 'stop':
      return await stop(program, options.force);
    case 'set': {
      const wish = settingsOf(options);
      return await withPool(program, true, (pool) => pool.setPool(wish));
    }
    case 'pause':
      return await withPool(program, true, (pool) => pool.setPool({ paused: true }));
    case 'continue':
      return await withPool(program, true, (pool) => pool.setPool({ paused: false }));
    case 'serve':
      return await serve(program);
  }
}

/** In the foreground, until TERM or INT; without work it waits for some. */
async function serve(program: Program): Promise<number> {
  const { serveBroker } = await import('../../broker/main.ts');
  const place = poolPlace(program);
  using clock = new ScopedClock(program.clock);
  const end = await serveBroker({ ...program, clock }, place, {
    idleMs: null,
    // Nobody else is there to tell: what is not caught ends this process, with its stack on stderr.
    onFatal: () => {},
    onListening: () =>
      void program.stderr.write(`andwait: serves the pool in ${place.dir} (pid ${program.pid})\n`),
  });
  if (end === undefined) {
    const pid = readSocketNote(place)?.pid;
    const other = pid === undefined ? '' : ` (pid ${pid})`;
    throw new UserError(
      `the pool in ${place.dir} has a broker already${other}; end it with \`andwait pool stop\`, then try again`,
      EXIT.scriptFailed,
    );
  }
  if (end.kind === 'failed') throw end.error;
  return EXIT.done;
}

async function showStatus(program: Program, asJson: boolean): Promise<number> {
  let lines = [withoutBroker(program)];
  if (asJson) lines = ['null'];
  const code = await withPool(program, false, async (pool) => {
    const status = await pool.status();
    lines = asJson ? [JSON.stringify(status)] : poolLines(status, program.clock.now(), columnsOf(program));
  });
  return code === EXIT.done ? await printLines(program, lines) : code;
}

function withoutBroker(program: Program): string {
  const { paused = false } = readChosen(poolPlace(program).settingsFile);
  const held = paused ? ', and the pool is paused: no agent starts until `andwait pool continue`' : '';
  return `no broker runs; the next call starts one${held}`;
}

async function stop(program: Program, force: boolean): Promise<number> {
  try {
    return await withPool(program, false, (pool) => pool.stopPool(force));
  } catch (error) {
    if (!(error instanceof UserError) || !(error.cause instanceof PoolUnreachable)) throw error;
    if (error.cause.reason !== 'other-version') throw error;
    return stopOther(program, force, error.cause);
  }
}

/** It does not understand us, but every broker understands TERM. */
function stopOther(program: Program, force: boolean, why: PoolUnreachable): number {
  const [found] = why.message.split('; ');
  const pid = readSocketNote(poolPlace(program))?.pid;
  if (!force) {
    const advice =
      'whether calls run there cannot be asked: `andwait pool stop --force` ends it all the same';
    throw new UserError(`${found}; ${advice}`, EXIT.capped);
  }
  if (pid === undefined || !isBroker(pid)) {
    // The note may be of another container that shares the folder: there its number is somebody else's.
    throw new UserError(`${found}; it is no process of this machine: stop it where it runs`, EXIT.capped);
  }
  program.kill(pid, 'SIGTERM');
  return EXIT.done;
}

function isBroker(pid: number): boolean {
  try {
    return /pool-broker\.js|\0pool\0serve/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    // No /proc at all, as on macOS, where no container shares our folders.
    return !existsSync('/proc/self');
  }
}

/** Where there is no broker and none is to be started, there is nothing to be done. */
async function withPool(
  program: Program,
  startBroker: boolean,
  act: (pool: PoolClient) => Promise<void>,
): Promise<number> {
  try {
    await using pool = await connectToPool(program, { startBroker });
    await act(pool);
  } catch (error) {
    if (error instanceof PoolRefusal) throw new UserError(error.message, EXIT.scriptFailed);
    if (!(error instanceof PoolUnreachable)) throw error;
    if (startBroker || error.reason !== 'no-broker') throw unreachable(error);
  }
  return EXIT.done;
}

function unreachable(error: PoolUnreachable): UserError {
  const told = new UserError(error.message, EXIT.capped);
  told.cause = error;
  return told;
}
