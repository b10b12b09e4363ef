/** The Node part of `claude` on PATH: a headless call takes its turn in the pool, and ends exactly as the real program did. */
import { EXIT } from '../core/exit.ts';
import { tell } from './descriptor-output.ts';
import { type FrontWords, readFrontWords } from './front-words.ts';
import { isBelowExec, type NoPlace, pooledCall } from './pooled-call.ts';
import { runProgram } from './run-program.ts';
import type { CallEnd, ShimProgram } from './shim-program.ts';
import { noteUnpooled } from './unpooled-note.ts';

/** How we are to end. Never rejects. */
export async function claudeShimMain(program: ShimProgram): Promise<CallEnd> {
  const front = readFrontWords(program.env, program.pid);
  for (const signal of front.ignored) program.onSignal(signal, () => {});
  if (!front.ignored.includes('SIGUSR1')) endBySigusr1(program);
  const answered = tooOld(program) ?? (await pooledCall(front, program));
  if (answered.kind !== 'no-place') return answered;
  return await withoutPlace(answered, front, program);
}

const OLDEST_NODE = 20;

/** The caller chose this Node for something else. */
function tooOld({ nodeVersion, nodePath }: ShimProgram): NoPlace | undefined {
  if (Number.parseInt(nodeVersion, 10) >= OLDEST_NODE) return undefined;
  const message = `${nodePath} is Node ${nodeVersion}, and the pool is reached with ${OLDEST_NODE} or later: set ANDWAIT_NODE to the path of one`;
  return { kind: 'no-place', reason: 'unreachable', message };
}

/** While we wait every signal has its default effect, but Node would take this one for a wish to debug. */
function endBySigusr1({ onSignal, kill, pid }: ShimProgram): void {
  const off = onSignal('SIGUSR1', () => {
    off();
    kill(pid, 'SIGUSR1');
  });
}

async function withoutPlace(
  { reason, message }: NoPlace,
  front: FrontWords,
  program: ShimProgram,
): Promise<CallEnd> {
  if (reason === 'unreachable' && !isBelowExec(program)) {
    noteUnpooled(message, program);
    return await unpooled(front, program);
  }
  tell(`claude: ${message}`);
  return { kind: 'exited', code: reason === 'usage' ? EXIT.usage : EXIT.capped };
}

/** Better a call outside the pool than a cron job that fails for our sake. */
async function unpooled(front: FrontWords, program: ShimProgram): Promise<CallEnd> {
  const stdin = { kind: 'descriptor', descriptor: 0 } as const;
  const wish = {
    front,
    env: {},
    lease: undefined,
    stdin,
    see: undefined,
    started: () => {},
    stop: undefined,
  };
  const { end } = await runProgram(wish, program);
  return end;
}
