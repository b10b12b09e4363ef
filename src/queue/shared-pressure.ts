/**
 * What one host hears of the model API, for all that use its queue: they share an account, as a rule. Who misses it loses
 * little, for the API tells that one, too.
 */
import type { Pressure } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { decodePressureWord, type PressureWord } from '../wire/queue/queue-word.ts';
import type { QueueEngine } from './queue-engine.ts';

/** Of a crowd of agents that are refused together, one is news. */
const APART_MS = 1000;

export class SharedPressure {
  readonly #engine: Pick<QueueEngine, 'tellAll' | 'onWord'>;
  readonly #clock: Clock;
  readonly #from: string;
  readonly #toldMs = new Map<Pressure['kind'], number>();

  /** `from`: nobody else's name. */
  constructor(engine: Pick<QueueEngine, 'tellAll' | 'onWord'>, clock: Clock, from: string) {
    this.#engine = engine;
    this.#clock = clock;
    this.#from = from;
  }

  /** Refused credentials are one host's own. */
  tell(pressure: Pressure): void {
    const now = this.#clock.monotonicMs();
    const last = this.#toldMs.get(pressure.kind) ?? Number.NEGATIVE_INFINITY;
    if (pressure.kind === 'credentials' || now - last < APART_MS) return;
    this.#toldMs.set(pressure.kind, now);
    const word: PressureWord = { is: 'pressure', from: this.#from, pressure };
    this.#engine.tellAll(word).catch(() => {});
  }

  /** Of others. */
  listen(listener: (pressure: Pressure) => void): () => void {
    return this.#engine.onWord((said) => {
      const word = decodePressureWord(said);
      if (word !== undefined && word.from !== this.#from) listener(word.pressure);
    });
  }
}
