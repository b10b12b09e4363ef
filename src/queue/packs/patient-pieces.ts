/** A store of pieces whose server may be away for a moment: asked again before what depends on it is given up. */
import type { Clock } from '../../core/ports.ts';
import { elapsedOr } from '../../wire/waiting.ts';
import type { PieceStore } from '../queue-engine.ts';

const AGAIN_MS = 1000;
/** Longer than a server takes to be started anew; one that will not have the bytes at all says so each time. */
export const PATIENCE_MS = 60_000;

/** `signal`: nobody wants it any more; then the last refusal counts. */
export function patientPieces(pieces: PieceStore, clock: Clock, signal: AbortSignal): PieceStore {
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    const until = clock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (signal.aborted || clock.monotonicMs() >= until) throw error;
        await elapsedOr(clock, AGAIN_MS, signal);
      }
    }
  };
  return {
    keep: (name, bytes) => patiently(() => pieces.keep(name, bytes)),
    isKept: (name) => patiently(() => pieces.isKept(name)),
    fetch: (name) => patiently(() => pieces.fetch(name)),
    forget: (name) => patiently(() => pieces.forget(name)),
  };
}
