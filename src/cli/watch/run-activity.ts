/** What the running agents of a run do, read from their transcripts: whoever started them tells only its own terminal. */
import { activityOf } from '../../agent/outcome/activity-of.ts';
import { SoFar } from '../../agent/outcome/so-far.ts';
import type { CallActivity, RunEvent } from '../../core/progress.ts';
import { LineTail } from '../../journal/follow/line-tail.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { streamItemOf } from '../../wire/events/stream-item.ts';
import { hostLineOf } from '../../wire/queue/transcript-news.ts';
import { recordOf } from '../reading/call-log.ts';

interface RunningCall {
  tail: LineTail | undefined;
  readonly soFar: SoFar;
}

export class RunActivity {
  readonly #folder: RunFolder;
  readonly #running = new Map<number, RunningCall>();

  constructor(folder: RunFolder) {
    this.#folder = folder;
  }

  /** Keeps up with which calls run. */
  heard(event: RunEvent): void {
    if (event.type === 'run_started') this.#running.clear();
    if (event.type === 'call_started') {
      this.#running.set(event.call, { tail: undefined, soFar: new SoFar() });
    }
    if (event.type === 'call_settled') this.#running.delete(event.call);
  }

  /** Of each running call, at most where it is and what it said last, if that is news. */
  read(at: number): RunEvent[] {
    return [...this.#running].flatMap(([call, running]): RunEvent[] => {
      if (running.tail === undefined) {
        // Which of the two it is shows when there is one.
        const file = recordOf(this.#folder, call);
        if (file === undefined) return [];
        running.tail = new LineTail(file);
      }
      const { tail, soFar } = running;
      let latest: CallActivity | undefined;
      let host: string | undefined;
      tail.read((line) => {
        const item = streamItemOf(line);
        if (item?.kind !== 'event') return;
        host = hostLineOf(item.event)?.host ?? host;
        soFar.add(item.event);
        latest = activityOf(item.event) ?? latest;
      });
      return [
        ...(host === undefined ? [] : [{ type: 'call_placed', call, host, at } as const]),
        ...(latest === undefined
          ? []
          : [{ type: 'call_activity', call, activity: latest, soFar: soFar.value, at } as const]),
      ];
    });
  }
}
