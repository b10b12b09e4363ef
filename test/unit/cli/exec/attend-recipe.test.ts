/** A recipe that is told to stop, in manual time: how long it is waited for, and that nothing of the waiting is left. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { attendRecipe, type RecipeStops } from '../../../../src/cli/exec/attend-recipe.ts';
import type { RecipeEnd } from '../../../../src/cli/exec/exec-process.ts';
import { listenForInterruption } from '../../../../src/cli/interruption.ts';
import type { ProgramSignal } from '../../../../src/core/program.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const ENDED: RecipeEnd = { kind: 'exited', code: 9 };

/** A recipe that only the test ends, below a run of which no process is found. */
function attended() {
  const clock = new ManualClock();
  const listeners = new Map<ProgramSignal, () => void>();
  const onSignal = (signal: ProgramSignal, listener: () => void) => {
    listeners.set(signal, listener);
    return () => {};
  };
  const stops: RecipeStops = { forward: () => {} };
  const interruption = listenForInterruption({ onSignal }, (signal) => stops.forward(signal));
  const received: string[] = [];
  let end = (_end: RecipeEnd): void => {};
  const ended = new Promise<RecipeEnd>((resolve) => {
    end = resolve;
  });
  let onKill = (): void => {};
  const killed = new Promise<void>((resolve) => {
    onKill = resolve;
  });
  const signalled = (signal: NodeJS.Signals): void => {
    received.push(signal);
    if (signal === 'SIGKILL') onKill();
  };
  const recipe = { ended, signal: signalled };
  // No process has this number: whether we are in the foreground cannot be told, and the terminal decides.
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const program = { clock, kill: () => {}, uid: -1, pid: -1, stdin };
  let stopped = 0;
  const stopRun = async (): Promise<void> => {
    stopped += 1;
  };
  const done = attendRecipe(recipe, {
    runId: 'none',
    stops,
    stop: interruption.signal,
    hurry: interruption.hurry,
    program,
    stopRun,
  });
  return {
    clock,
    killed,
    received,
    done,
    end,
    signal: (name: ProgramSignal) => listeners.get(name)?.(),
    stops: () => stopped,
  };
}

test('a recipe that ends by itself is not touched', async () => {
  const { clock, received, done, end, stops } = attended();
  end(ENDED);
  expect(await done).toEqual(ENDED);
  expect({ received, stopped: stops(), pending: clock.pending }).toEqual({
    received: [],
    stopped: 0,
    pending: [],
  });
});

test('one that was told to stop has its own time to end, and no timer keeps us alive after it', async () => {
  const { clock, received, done, end, signal, stops } = attended();
  signal('SIGTERM');
  await clock.timerSet(5000);
  expect({ received: [...received], stopped: stops() }).toEqual({ received: ['SIGTERM'], stopped: 1 });
  end(ENDED);
  expect(await done).toEqual(ENDED);
  expect(clock.pending).toEqual([]);
});

test('one that does not listen is killed in the end', async () => {
  const { clock, received, done, end, signal, killed } = attended();
  signal('SIGHUP');
  await clock.timerSet(5000);
  clock.advance(5000);
  await clock.timerSet(5000);
  expect(received).toEqual(['SIGHUP', 'SIGTERM']);
  clock.advance(5000);
  await killed;
  end({ kind: 'signalled', signal: 'SIGKILL' });
  expect(await done).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
});

test('two signals in one breath: it is killed at once', async () => {
  const { clock, done, end, signal, killed } = attended();
  signal('SIGTERM');
  signal('SIGTERM');
  await killed;
  end({ kind: 'signalled', signal: 'SIGKILL' });
  await done;
  expect(clock.now()).toBe(0);
});

test('a Ctrl-C that the terminal gave it is not given again', async () => {
  const { clock, received, done, end, signal } = attended();
  signal('SIGINT');
  await clock.timerSet(5000);
  expect(received).toEqual([]);
  end(ENDED);
  await done;
});
