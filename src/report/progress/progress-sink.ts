/** Where a run's events go to be shown. */
import type { RunEvent } from '../../core/progress.ts';
import type { RunView } from './run-view.ts';

/** Contract: never throws for what an event says, and holds no timer once `end` was called. */
export interface ProgressSink {
  /** What the events so far amount to. */
  readonly view: RunView;
  event(event: RunEvent): void;
  /** A line of ours between those of the run. Writing past the sink would tear what it draws. */
  note(line: string): void;
  /** Nothing follows: shows what is still held back. A second call does nothing. */
  end(): void;
}
