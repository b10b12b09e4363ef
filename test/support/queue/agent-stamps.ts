/**
 * What agents on all hosts said of themselves, in one file in the order in which it happened: each appends a line when it
 * begins and one before it ends. One that was killed with its host says nothing: `watch` says so for it.
 */
import { appendFileSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from '../agents/agent-run.ts';

/** Shell: an agent that stamps, works for as long as `$WORK_S` says, and answers with its prompt. Starts one program. */
export const STAMPING_AGENT = `
IFS= read -r prompt
echo "began $$ $prompt" >> "$STAMPS"
sleep "$WORK_S"
echo "ended $$ $prompt" >> "$STAMPS"
printf '{"type":"result","subtype":"success","is_error":false,"result":"answer to %s","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":1},"session_id":"s"}\\n' "$prompt"
`;

const LOOK_MS = 20;

interface Stamp {
  readonly what: 'began' | 'ended' | 'gone';
  readonly pid: number;
  readonly prompt: string;
}

export class AgentStamps {
  readonly file: string;
  #isOver = false;

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '');
  }

  get env(): Readonly<Record<string, string>> {
    return { STAMPS: this.file };
  }

  /** Until `close`: stamps for agents that are gone without a word of their own. */
  async watch(): Promise<void> {
    while (!this.#isOver) {
      for (const [pid, prompt] of this.alive()) {
        if (!isRunning(pid)) appendFileSync(this.file, `gone ${pid} ${prompt}\n`);
      }
      await pause(LOOK_MS);
    }
  }

  close(): void {
    this.#isOver = true;
  }

  /** By their pid: those that began, and of whose end nobody has heard. */
  alive(): ReadonlyMap<number, string> {
    return aliveAfter(this.#stamps());
  }

  /** At any moment, over all hosts. */
  get most(): number {
    const alive = new Set<number>();
    let most = 0;
    for (const { what, pid } of this.#stamps()) {
      // A number that begins anew was free.
      if (what === 'began') alive.add(pid);
      else alive.delete(pid);
      most = Math.max(most, alive.size);
    }
    return most;
  }

  get begun(): number {
    return this.#stamps().filter(({ what }) => what === 'began').length;
  }

  /** Prompts of agents that came to their own end, each as often as one did. */
  get finished(): readonly string[] {
    return this.#stamps()
      .filter(({ what }) => what === 'ended')
      .map(({ prompt }) => prompt);
  }

  /** Resolves when so many agents have begun, or `over` does. */
  async untilBegun(count: number, over: Promise<unknown>): Promise<void> {
    const changes = watch(this.file);
    try {
      await Promise.race([
        over,
        new Promise<void>((resolve) => {
          const look = (): void => void (this.begun >= count && resolve());
          changes.on('change', look);
          look();
        }),
      ]);
    } finally {
      changes.close();
    }
  }

  #stamps(): Stamp[] {
    const text = readFileSync(this.file, 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [, what, pid, prompt] = /^(began|ended|gone) (\d+) (.*)$/.exec(line) ?? [];
        if (what === undefined) throw new Error(`no stamp: ${JSON.stringify(line)}`);
        return { what: what as Stamp['what'], pid: Number(pid), prompt: prompt ?? '' };
      });
  }
}

function aliveAfter(stamps: readonly Stamp[]): ReadonlyMap<number, string> {
  const alive = new Map<number, string>();
  for (const { what, pid, prompt } of stamps) {
    if (what === 'began') alive.set(pid, prompt);
    else alive.delete(pid);
  }
  return alive;
}
