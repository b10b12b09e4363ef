/** Files that a shell command names, judged from every folder that it may be in by then. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Access, FileAccess, Verdict } from '../file-access.ts';
import { isWithin, placeOf } from '../real-path.ts';
import { matchWildcard } from '../wildcard.ts';
import { editingOf } from './editing-command.ts';
import { sedUse } from './sed-command.ts';
import type { PlannedCommand } from './shell-plan.ts';
import type { OpenedFile } from './shell-script.ts';
import { knownWord, type ShellWord } from './shell-word.ts';

/** The folders that a command may run in: `cd` may have worked or not. */
export class WorkingPlace {
  #dirs: readonly string[];

  constructor(start: string) {
    this.#dirs = [start];
  }

  get dirs(): readonly string[] {
    return this.#dirs;
  }

  /** False when there are too many to follow. */
  move(target: string): boolean {
    this.#dirs = [...new Set([...this.#dirs, ...this.#dirs.map((dir) => path.resolve(dir, target))])];
    return this.#dirs.length <= MAX_DIRS;
  }
}

const MAX_DIRS = 16;
/** More are not looked through. */
const MAX_FOUND = 2_000;

const NO_FILES = /^\/dev\/(null|stdin|stdout|stderr|tty|zero|u?random)$/;

export const ALLOWED: Verdict = { kind: 'allow', why: 'it stays inside the working directories' };

export class ShellFiles {
  readonly #access: FileAccess;
  readonly #homeDir: string | undefined;

  constructor(access: FileAccess, homeDir: string | undefined) {
    this.#access = access;
    this.#homeDir = homeDir;
  }

  get hidesByRule(): boolean {
    return this.#access.hidesByRule;
  }

  /** For what goes through all that lies in the word's folder. */
  hidesWithin(word: ShellWord, place: WorkingPlace): boolean {
    const given = word.isGlob ? (/^[^*?[]*\//.exec(word.raw)?.[0] ?? '.') : this.pathOf(word);
    return given === undefined
      ? this.#access.hidesByRule
      : place.dirs.some((dir) => this.#access.hidesWithin(given, dir));
  }

  /** As far as the command names it. */
  namesSecret(step: PlannedCommand | OpenedFile, place: WorkingPlace): boolean {
    const words =
      step.kind === 'file' ? [step.word] : step.words.flatMap((word) => [word, ...behindSign(word)]);
    return words.some((word) => {
      const given = word.isGlob ? word.raw : this.pathOf(word);
      return given !== undefined && place.dirs.some((dir) => this.#access.isSecret(given, dir));
    });
  }

  /** What is put elsewhere whole. A folder that the session works in goes nowhere. */
  holdsSecret(word: ShellWord, place: WorkingPlace): boolean {
    const given = this.pathOf(word);
    if (given === undefined) return false;
    return place.dirs.some(
      (dir) => this.#access.holdsSecret(given, dir) && !isWithin(dir, path.resolve(dir, given)),
    );
  }

  /** A file that the shell itself opens. */
  judgeOpened(access: Access, word: ShellWord, place: WorkingPlace): Verdict {
    return NO_FILES.test(this.pathOf(word) ?? '') ? ALLOWED : this.judge(access, word, place);
  }

  /** The worst verdict over all that the word may name. To replace a device is to write it: only reading one is nothing. */
  judge(access: Access, word: ShellWord, place: WorkingPlace): Verdict {
    if (word.isStream) return ALLOWED;
    if (word.isGlob && access === 'read') {
      return this.#judgeGlob(word, place, (given, cwd) => this.#access.judge('read', given, { cwd }));
    }
    const given = this.pathOf(word);
    if (given === undefined) return unknownFile(word);
    if (access === 'read' && (given === '-' || NO_FILES.test(given))) return ALLOWED;
    return worst(place.dirs.map((cwd) => this.#access.judge(access, given, { cwd })));
  }

  /** For commands that a rule allows: it says what may be done, not where. */
  judgeInside(word: ShellWord, place: WorkingPlace): Verdict {
    const judge = (given: string, cwd: string): Verdict =>
      this.#access.isInside(placeOf(given, cwd)) ? ALLOWED : this.#access.judge('write', given, { cwd });
    if (word.isGlob) return this.#judgeGlob(word, place, judge);
    const given = this.pathOf(word);
    return given === undefined ? unknownFile(word) : worst(place.dirs.map((cwd) => judge(given, cwd)));
  }

  pathOf({ text, hasTilde }: ShellWord): string | undefined {
    if (text === undefined || text === '' || !hasTilde) return text === '' ? undefined : text;
    if (this.#homeDir === undefined || !/^~(\/|$)/.test(text)) return undefined;
    return path.join(this.#homeDir, text.slice(1));
  }

  /** A write that no rule for commands covers. */
  writesProtected(step: PlannedCommand | OpenedFile, place: WorkingPlace): boolean {
    const words =
      step.kind === 'file' ? (step.access === 'write' ? [step.word] : []) : this.written(step.words);
    return words.some((word) => {
      const given = this.pathOf(word);
      if (given === undefined) return false;
      return place.dirs.some((dir) => this.#access.isProtected(given, dir));
    });
  }

  written(words: readonly ShellWord[]): readonly ShellWord[] {
    const sed = sedUse(words);
    return sed?.kind === 'edits' ? sed.files : (editingOf(words)?.writes ?? []);
  }

  /** A pattern in the last part of a path may find any file of that folder, links that lead elsewhere among them. */
  #judgeGlob(
    { raw }: ShellWord,
    place: WorkingPlace,
    judge: (given: string, cwd: string) => Verdict,
  ): Verdict {
    const unknown: Verdict = { kind: 'ask', why: `which files ${raw} finds only shows when it runs` };
    const folder = /^((?:[\w.@%+-]*\/)*)[\w.@%+*?-]*$/.exec(raw)?.[1];
    if (folder === undefined) return unknown;
    const pattern = raw.slice(folder.length);
    const isFound = (name: string): boolean =>
      pattern.startsWith('.') === name.startsWith('.') &&
      (pattern.includes('?') || matchWildcard(pattern, name) === 'yes');
    const verdicts: Verdict[] = [];
    for (const dir of place.dirs) {
      const found = entriesOf(path.resolve(dir, folder));
      if (found === undefined || found.length > MAX_FOUND) return unknown;
      const names = found.filter(isFound);
      if (folder === '' && names.some((name) => name.startsWith('-'))) return unknown;
      verdicts.push(judge(folder === '' ? '.' : folder, dir));
      verdicts.push(...names.map((name) => judge(`${folder}${name}`, dir)));
    }
    return worst(verdicts);
  }
}

/** `--file=x` names what stands behind the sign. */
export function behindSign({ text }: ShellWord): ShellWord[] {
  const value = /^[^=]+=(.+)$/s.exec(text ?? '')?.[1];
  return value === undefined ? [] : [knownWord(value)];
}

function unknownFile({ raw }: ShellWord): Verdict {
  return { kind: 'ask', why: `which file ${raw === '' ? 'it is' : `${raw} is`} only shows when it runs` };
}

function entriesOf(dir: string): string[] | undefined {
  try {
    return readdirSync(dir);
  } catch {
    return undefined;
  }
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(({ kind }) => kind === 'deny') ?? verdicts.find(({ kind }) => kind === 'ask') ?? ALLOWED
  );
}
