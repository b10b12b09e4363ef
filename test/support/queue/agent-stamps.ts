/**
 * What agents on all hosts said of themselves, in one file in the order in which it happened: each appends a line when it
 * begins and one before it ends. One that was killed with its host says nothing: `watch` says so for it.
 */
import { appendFileSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '../agents/agent-run.ts';

/**
 * Shell: an agent that stamps, works for `$WORK_S` seconds, or `$ODD_WORK_S` where its prompt ends in an odd number, and
 * answers with its prompt.
 */
export const STAMPING_AGENT = `
IFS= read -r prompt
echo "began $$ $ON $prompt" >> "$STAMPS"
case $prompt in *[13579]) sleep "$ODD_WORK_S" ;; *) sleep "$WORK_S" ;; esac
echo "ended $$ $ON $prompt" >> "$STAMPS"
printf '{"type":"result","subtype":"success","is_error":false,"result":"answer to %s","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}\\n' "$prompt"
`;

const LOOK_MS = 20;
const STAMP = /^(began|ended|gone) (\d+) (\S+) (.*)$/;

export interface Stamp {
  /** `gone`: without a word of its own. */
  readonly what: 'began' | 'ended' | 'gone';
  readonly pid: number;
  /** Name of its host. */
  readonly on: string;
  readonly prompt: string;
}

export class AgentStamps {
  readonly file: string;
  #isOver = false;

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '');
  }

  get all(): readonly Stamp[] {
    const text = readFileSync(this.file, 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [, what, pid, on = '', prompt = ''] = STAMP.exec(line) ?? [];
        if (what === undefined) throw new Error(`no stamp: ${JSON.stringify(line)}`);
        return { what: what as Stamp['what'], pid: Number(pid), on, prompt };
      });
  }

  of(what: Stamp['what']): readonly Stamp[] {
    return this.all.filter((stamp) => stamp.what === what);
  }

  /** Those that began, and of whose end nobody has heard. */
  get alive(): readonly Stamp[] {
    const alive = new Map<number, Stamp>();
    for (const stamp of this.all) follow(alive, stamp);
    return [...alive.values()];
  }

  /** Alive at any one moment, over all hosts. */
  get most(): number {
    const alive = new Map<number, Stamp>();
    return Math.max(0, ...this.all.map((stamp) => follow(alive, stamp).size));
  }

  /** Until `close`: stamps for agents that are gone without a word of their own. */
  async watch(): Promise<void> {
    while (!this.#isOver) {
      for (const { pid, on, prompt } of this.alive) {
        if (!isRunning(pid)) appendFileSync(this.file, `gone ${pid} ${on} ${prompt}\n`);
      }
      await pause(LOOK_MS);
    }
  }

  close(): void {
    this.#isOver = true;
  }

  /** Resolves when it is so, or `over` does. */
  async until(isSo: (stamps: AgentStamps) => boolean, over: Promise<unknown>): Promise<void> {
    const changes = watch(this.file);
    try {
      await Promise.race([
        over,
        new Promise<void>((resolve) => {
          const look = (): void => void (isSo(this) && resolve());
          changes.on('change', look);
          look();
        }),
      ]);
    } finally {
      changes.close();
    }
  }
}

/** Of a number that begins anew the last agent has ended, whoever said so or not. */
function follow(alive: Map<number, Stamp>, stamp: Stamp): Map<number, Stamp> {
  if (stamp.what === 'began') alive.set(stamp.pid, stamp);
  else alive.delete(stamp.pid);
  return alive;
}
