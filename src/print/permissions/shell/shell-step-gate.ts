/** Judges the parts of one shell command in order: what each starts, opens and writes, and what that means for the next. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PermissionMode } from '../../flags/flag-table.ts';
import type { Verdict } from '../file-access.ts';
import { isWithin } from '../real-path.ts';
import { type Editing, editingOf } from './editing-command.ts';
import { STATE_CHANGERS } from './launcher-options.ts';
import { type Reading, readingOf, readsFiles } from './reading-command.ts';
import { type SedUse, sedUse } from './sed-command.ts';
import { ALLOWED, behindSign, type ShellFiles, type WorkingPlace, worst } from './shell-files.ts';
import type { PlannedCommand, ShellPlan } from './shell-plan.ts';
import type { OpenedFile } from './shell-script.ts';
import { isHarmlessForProgram } from './shell-variable.ts';
import { knownWord, type ShellWord } from './shell-word.ts';

export interface ShellStepGateDeps {
  readonly plan: ShellPlan;
  readonly mode: PermissionMode;
  readonly files: ShellFiles;
  readonly place: WorkingPlace;
  /** Where the session works. */
  readonly sessionDir: string;
  /** Whether a rule allows it. */
  readonly isGranted: (command: PlannedCommand) => boolean;
}

const EDITS_ACCEPTED: ReadonlySet<PermissionMode> = new Set(['acceptEdits', 'auto']);

export class ShellStepGate {
  readonly #deps: ShellStepGateDeps;
  readonly #isAlone: boolean;
  #hasWritten = false;

  constructor(deps: ShellStepGateDeps) {
    this.#deps = deps;
    this.#isAlone = deps.plan.steps.filter(({ kind }) => kind === 'command').length <= 1;
  }

  judge(step: PlannedCommand | OpenedFile): Verdict {
    if (step.kind === 'file') {
      if (step.access === 'write') this.#hasWritten = true;
      return this.#file(step.access, step.word);
    }
    const { words, opaque } = step;
    const name = words[0]?.text;
    if (name === 'cd') return this.#changeDirectory(step);
    if (isHarmlessExport(words)) return ALLOWED;
    if (name !== undefined && changesState(name, words) && !this.#isAlone) {
      return ask(`${name} changes what other commands mean`);
    }
    const sed = sedUse(words);
    const reading = sed?.kind === 'reads' ? { files: sed.files, isRecursive: false } : readingOf(words);
    if (reading !== undefined && opaque === undefined) return this.#reading(step, reading);
    const editing = editingBy(sed) ?? editingOf(words);
    if (editing !== undefined && opaque === undefined) return this.#editing(step, editing);
    this.#hasWritten = true;
    return this.#needsRule(step);
  }

  #needsRule(step: PlannedCommand): Verdict {
    if (this.#deps.files.namesSecret(step, this.#deps.place)) return ask(SECRET);
    const hidden = this.#hidden(step);
    if (hidden !== undefined) return hidden;
    if (this.#deps.mode === 'plan') return ask('in mode plan only commands that look are run');
    if (this.#deps.isGranted(step)) return { kind: 'allow', why: 'a rule allows it' };
    const shown = step.words.map(({ raw }) => raw).join(' ');
    return ask(step.opaque ?? `no rule allows ${shown === '' ? step.raw : shown}`);
  }

  /** What a rule keeps from being read no rule for a command shows, as far as the command names it. */
  #hidden({ words }: PlannedCommand): Verdict | undefined {
    const { files, place } = this.#deps;
    if (!files.hidesByRule) return undefined;
    const [name, ...args] = words;
    const named = args.flatMap((word) => [word, ...behindSign(word)]);
    const denied = named.map((word) => files.judge('read', word, place)).find(({ kind }) => kind === 'deny');
    if (denied !== undefined) return denied;
    const isOpen = args.some(({ text, isGlob, isStream }) => text === undefined && !isGlob && !isStream);
    return isOpen && readsFiles(name?.text ?? '')
      ? ask('which files it shows is known only when it runs, and rules keep some from being read')
      : undefined;
  }

  #changeDirectory(step: PlannedCommand): Verdict {
    const { files, place } = this.#deps;
    const operands = step.words.slice(1).filter(({ text }) => text !== '--');
    const [word] = operands;
    const given = word === undefined || operands.length > 1 ? undefined : files.pathOf(word);
    if (word === undefined || given === undefined || given.startsWith('-'))
      return ask('where cd leads cannot be told');
    if (step.isInLoop && !path.isAbsolute(given)) return ask('a cd in a loop leads further every time');
    const verdict = files.judge('read', word, place);
    return place.move(given) ? verdict : ask('it changes the directory too often');
  }

  #reading(step: PlannedCommand, { files: words, isRecursive, opensFolders }: Reading): Verdict {
    const { files, place } = this.#deps;
    const verdict = worst(words.map((word) => files.judge('read', word, place)));
    if (verdict.kind === 'deny') return verdict;
    if (files.namesSecret(step, place)) return ask(SECRET);
    if (opensFolders === true && words.some((word) => this.#mayBeFolder(word)))
      return this.#orRule(step, ask('it opens what lies in a folder, where links may lead elsewhere'));
    const isGit = step.words[0]?.text === 'git';
    // Git looks below where it stands.
    const searched = isGit ? [knownWord('.'), ...words] : words;
    if (isRecursive && searched.some((word) => files.hidesWithin(word, place)))
      return this.#orRule(step, ask('it looks through files that are kept from being read'));
    if (
      isGit &&
      (this.#hasWritten ||
        place.dirs.some((dir) => dir !== this.#deps.sessionDir || looksLikeRepository(dir)))
    ) {
      return this.#orRule(step, ask('git may obey settings in a folder that nobody vouched for'));
    }
    return verdict;
  }

  #orRule(step: PlannedCommand, otherwise: Verdict): Verdict {
    return this.#deps.mode !== 'plan' && this.#deps.isGranted(step)
      ? { kind: 'allow', why: 'a rule allows it' }
      : otherwise;
  }

  #editing(step: PlannedCommand, { writes, moves, isPlain }: Editing): Verdict {
    const { mode, files, place } = this.#deps;
    this.#hasWritten = true;
    const verdicts = writes.map((word) => files.judge('write', word, place));
    const denied = verdicts.find(({ kind }) => kind === 'deny');
    if (denied !== undefined) return denied;
    if (files.writesProtected(step, place)) return ask('it writes a file that other programs run or obey');
    if (moves && writes.some((word) => files.holdsSecret(word, place))) return ask(SECRET);
    const removes = step.words[0]?.text !== 'mkdir' && step.words[0]?.text !== 'touch';
    if (removes && !moves && writes.some((word) => this.#holdsWorkingDir(word))) {
      return ask('it concerns a working directory itself');
    }
    if (moves && !this.#isAlone && !this.#movesPlainFiles(writes)) {
      return ask('what it moves may bring links along that later commands would follow');
    }
    if (EDITS_ACCEPTED.has(mode) && isPlain && writes.length > 0) return worst(verdicts);
    const ruled = this.#needsRule(step);
    if (ruled.kind !== 'allow' || !isPlain) return ruled;
    // A rule for the command does not reach beyond the working directories.
    return worst(writes.map((word) => files.judgeInside(word, place)));
  }

  #file(access: 'read' | 'write', word: ShellWord): Verdict {
    return this.#deps.files.judgeOpened(access, word, this.#deps.place);
  }

  #holdsWorkingDir(word: ShellWord): boolean {
    const { files, place } = this.#deps;
    // A pattern finds what lies in its folder: the working directory, if that is one above it.
    const given = word.isGlob ? word.raw.slice(0, word.raw.lastIndexOf('/') + 1) : files.pathOf(word);
    if (given === undefined) return true;
    if (word.isGlob)
      return place.dirs.some((dir) => !isWithin(path.resolve(dir, given), this.#deps.sessionDir));
    return place.dirs.some((dir) =>
      [...place.dirs, this.#deps.sessionDir].some((other) =>
        `${other}/`.startsWith(`${path.resolve(dir, given)}/`),
      ),
    );
  }

  #mayBeFolder(word: ShellWord): boolean {
    const { files, place } = this.#deps;
    if (word.isStream || word.text === '-') return false;
    const given = files.pathOf(word);
    return given === undefined || place.dirs.some((dir) => isFolder(path.resolve(dir, given)));
  }

  #movesPlainFiles(words: readonly ShellWord[]): boolean {
    const { files, place } = this.#deps;
    // Of n sources, the folder they go to and where they land in it.
    return words.slice(0, (words.length - 1) / 2).every((word) => {
      const given = files.pathOf(word);
      return given !== undefined && place.dirs.every((dir) => isPlainFile(path.resolve(dir, given)));
    });
  }
}

const SECRET = "it concerns the folder of andwait's own pool";

function ask(why: string): Verdict {
  return { kind: 'ask', why };
}

function editingBy(sed: SedUse | undefined): Editing | undefined {
  return sed?.kind === 'edits' ? { writes: sed.files, moves: false, isPlain: true } : undefined;
}

function changesState(name: string, words: readonly ShellWord[]): boolean {
  return STATE_CHANGERS.has(name) || (name === 'printf' && setsVariable(words));
}

/** `printf` sets one by `-v`, and by `%n` in its format: how much it has printed so far. */
function setsVariable([, first, second]: readonly ShellWord[]): boolean {
  const format = first?.text === '--' ? second : first;
  if (format === undefined) return false;
  return format.text === undefined || format.text.startsWith('-') || COUNTS.test(format.text);
}

const COUNTS = /%[^%a-mo-zA-Z\\]*[hlLjtqz]*n/;

function isHarmlessExport(words: readonly ShellWord[]): boolean {
  const [name, ...args] = words;
  const isHarmless = ({ text }: ShellWord): boolean =>
    isHarmlessForProgram(/^(\w+)=/.exec(text ?? '')?.[1] ?? '');
  return name?.text === 'export' && args.length > 0 && args.every(isHarmless);
}

/** Without `.git` a folder can still be taken for a repository, and its `config` be obeyed. */
function looksLikeRepository(dir: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(path.join(dir, name)));
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    // Nothing there, or nothing that could be opened: a link that leads to itself, a folder that is closed to us.
    return false;
  }
}

function isPlainFile(file: string): boolean {
  try {
    return lstatSync(file).isFile();
  } catch {
    return false;
  }
}
