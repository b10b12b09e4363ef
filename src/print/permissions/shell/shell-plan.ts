/** A shell command taken apart as far as it goes: through launchers, nested shells and `find -exec`, to what really runs. */

import { editingOf } from './editing-command.ts';
import { launchOf } from './launched-command.ts';
import { type OpenedFile, readShell, type ShellStep } from './shell-script.ts';
import type { ShellWord } from './shell-word.ts';

export interface PlannedCommand {
  readonly kind: 'command';
  readonly words: readonly ShellWord[];
  readonly raw: string;
  readonly isInLoop: boolean;
  /** How many of its words a rule must name; more than one where it starts what cannot be told. */
  readonly mustName: number;
  /** Why it is not followed. */
  readonly opaque: string | undefined;
}

/** A way to see a command that a rule may forbid: with its launcher, without it, from any of its words on. */
export interface Aspect {
  readonly words: readonly ShellWord[];
  readonly raw: string;
}

export interface ShellPlan {
  readonly steps: readonly (PlannedCommand | OpenedFile)[];
  readonly aspects: readonly Aspect[];
  readonly doubts: readonly string[];
}

const MAX_DEPTH = 6;
const MAX_WORDS = 60;
/** Judging must not take longer than running. */
const MAX_STEPS = 200;

export function planShell(text: string): ShellPlan {
  const planner = new Planner();
  planner.script(text, 0);
  return planner;
}

class Planner implements ShellPlan {
  readonly steps: (PlannedCommand | OpenedFile)[] = [];
  readonly aspects: Aspect[] = [];
  readonly doubts: string[] = [];

  script(text: string, depth: number): void {
    const { steps, doubts } = readShell(text);
    this.doubts.push(...doubts);
    if (depth > MAX_DEPTH) this.doubts.push('shells are nested too deep');
    else if (steps.length > MAX_STEPS || this.steps.length > MAX_STEPS)
      this.doubts.push('it has too many parts');
    else for (const step of steps) this.#step(step, depth);
  }

  #step(step: ShellStep, depth: number): void {
    if (step.kind === 'file') this.steps.push(step);
    else this.#command(step.words, { raw: step.raw, isInLoop: step.isInLoop }, depth);
  }

  #command(
    words: readonly ShellWord[],
    facts: { readonly raw: string; readonly isInLoop: boolean },
    depth: number,
  ): void {
    this.aspects.push({ words, raw: facts.raw });
    if (depth > MAX_DEPTH) {
      this.doubts.push('commands are nested too deep');
      return;
    }
    const launch = launchOf(words);
    const keep = (own: readonly ShellWord[], mustName: number, opaque: string | undefined): void =>
      void this.steps.push({ kind: 'command', words: own, ...facts, mustName, opaque });
    switch (launch.kind) {
      case 'none':
        keep(words, 1, undefined);
        return;
      case 'words':
        this.#command(launch.words, facts, depth + 1);
        return;
      case 'besides':
        keep(launch.own, 1, undefined);
        for (const started of launch.started) this.#command(started, facts, depth + 1);
        return;
      case 'script': {
        const before = this.steps.length;
        this.script(launch.text, depth + 1);
        // Edits are accepted where they can be seen at a glance: as the real program, not within a shell of its own.
        if (words[0]?.text !== 'eval' && this.steps.slice(before).some(writes)) {
          keep(words, 1, 'what a shell of its own writes needs a rule');
        }
        return;
      }
      case 'opaque':
        this.#everyAspect(words);
        keep(words, launch.mustName, launch.why);
        return;
    }
  }

  /** Any of its words may be the first of what it starts, or of what git is to do. */
  #everyAspect(words: readonly ShellWord[]): void {
    if (words.length > MAX_WORDS) this.doubts.push('what it starts is too long to be looked through');
    const isGit = words[0]?.text === 'git';
    for (let n = 1; n < Math.min(words.length, MAX_WORDS); n += 1) {
      const rest = words.slice(n);
      this.aspects.push({ words: rest, raw: '' });
      if (isGit) this.aspects.push({ words: [...words.slice(0, 1), ...rest], raw: '' });
    }
  }
}

function writes(step: PlannedCommand | OpenedFile): boolean {
  return step.kind === 'file' ? step.access === 'write' : editingOf(step.words) !== undefined;
}
