/** Looks through a command that only starts another one: what counts is the other. */
import { LAUNCHERS, type LauncherOptions, OPAQUE_LAUNCHERS, SHELLS } from './launcher-options.ts';
import { isHarmlessForProgram } from './shell-variable.ts';
import { type ShellWord, UNKNOWN_WORD } from './shell-word.ts';

export type Launch =
  /** It starts nothing that can be told from its words. */
  | { readonly kind: 'none' }
  /** It starts these, and does itself nothing worth asking about. */
  | { readonly kind: 'words'; readonly words: readonly ShellWord[] }
  /** It starts these besides what it does itself. */
  | {
      readonly kind: 'besides';
      readonly own: readonly ShellWord[];
      readonly started: readonly (readonly ShellWord[])[];
    }
  /** It runs this text as a shell does. */
  | { readonly kind: 'script'; readonly text: string }
  /** What it starts cannot be told: a rule must name this many of its words. */
  | { readonly kind: 'opaque'; readonly why: string; readonly mustName: number };

const NONE: Launch = { kind: 'none' };

export function launchOf(words: readonly ShellWord[]): Launch {
  const name = words[0]?.text;
  if (name === undefined) return opaque('its name is known only when it runs', Number.POSITIVE_INFINITY);
  const options = Object.hasOwn(LAUNCHERS, name) ? LAUNCHERS[name] : undefined;
  if (name === 'command' && /^-[vV]$/.test(words[1]?.text ?? '')) return NONE;
  if (options !== undefined) return launched(name, words, options);
  if (name === 'eval') return evaluated(words.slice(1));
  if (name === 'find') return found(words);
  if (name === 'git') return gitLaunch(words);
  if (SHELLS.has(baseName(name))) return shellLaunch(name, words);
  if (OPAQUE_LAUNCHERS.has(baseName(name)) || Object.hasOwn(LAUNCHERS, baseName(name))) {
    return opaque(`what ${name} starts is not followed`, 2);
  }
  return NONE;
}

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function opaque(why: string, mustName: number): Launch {
  return { kind: 'opaque', why, mustName };
}

function launched(name: string, words: readonly ShellWord[], options: LauncherOptions): Launch {
  let n = 1;
  for (; n < words.length; n += 1) {
    const text = words[n]?.text;
    if (text === undefined) return opaque(`what ${name} starts is known only when it runs`, n + 1);
    if (text === '--') {
      n += 1;
      break;
    }
    if (options.takesVariables === true && /^[A-Za-z_]\w*=/.test(text)) {
      const variable = text.slice(0, text.indexOf('='));
      if (!isHarmlessForProgram(variable)) return opaque(`it sets the variable ${variable}`, n + 1);
    } else if (!text.startsWith('-') || (text === '-' && !options.switches.includes(text))) break;
    else if (options.valued.includes(text)) n += 1;
    else if (!isKnown(text, options)) return opaque(`${name} ${text} is not followed`, n + 1);
  }
  n += options.operands;
  const rest = words.slice(n);
  // `env` and `time` alone, `xargs` alone (which is echo).
  if (rest.length === 0) return NONE;
  return { kind: 'words', words: options.addsWords === true ? [...rest, UNKNOWN_WORD] : rest };
}

function isKnown(text: string, { switches, letters, valued, attached }: LauncherOptions): boolean {
  if (switches.includes(text)) return true;
  const equals = text.indexOf('=');
  if (text.startsWith('--') && equals > 0) return valued.includes(text.slice(0, equals));
  if (attached?.test(text) === true) return true;
  return (
    letters !== undefined && /^-[^-]+$/.test(text) && [...text.slice(1)].every((c) => letters.includes(c))
  );
}

function evaluated(words: readonly ShellWord[]): Launch {
  const texts = words.map(({ text, hasTilde }) => (hasTilde ? undefined : text));
  return texts.includes(undefined)
    ? opaque('what it evaluates is known only when it runs', Number.POSITIVE_INFINITY)
    : { kind: 'script', text: texts.join(' ') };
}

/** Text that every shell takes for the same commands as bash does. */
const COMMON_SHELL = /^(?!.*(&>|\|&|;&|<\(|>\())[\w ./:,@%+"'&|;<>=\n-]*$/s;

/** `bash -c 'text'`; a shell that reads a file or stdin runs what nobody has seen. */
function shellLaunch(name: string, words: readonly ShellWord[]): Launch {
  const [flags, script] = [words[1]?.text, words[2]?.text];
  if (flags === undefined || !/^-[eux]*c$/.test(flags)) {
    const isFile = flags !== undefined && !flags.startsWith('-') && !flags.startsWith('+');
    return opaque(`what ${name} runs cannot be seen`, isFile ? 1 : Number.POSITIVE_INFINITY);
  }
  const isBash = name === 'bash';
  if (script === undefined || (!isBash && !(name === 'sh' && COMMON_SHELL.test(script)))) {
    return opaque(`what ${name} -c runs cannot be told`, Number.POSITIVE_INFINITY);
  }
  return { kind: 'script', text: script };
}

const FIND_STARTS: ReadonlySet<string> = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** What `find` starts, with what it finds unknown. `-execdir` runs in folders that nobody has looked at. */
function found(words: readonly ShellWord[]): Launch {
  const own: ShellWord[] = [];
  const started: ShellWord[][] = [];
  for (let n = 0; n < words.length; n += 1) {
    const word = words[n] ?? UNKNOWN_WORD;
    if (word.text === undefined || !FIND_STARTS.has(word.text)) {
      own.push(word);
      continue;
    }
    if (word.text !== '-exec')
      return opaque(`what find ${word.text} starts is not followed`, Number.POSITIVE_INFINITY);
    const end = words.findIndex(({ text }, at) => at > n && (text === ';' || text === '+'));
    if (end < 0) return opaque('its -exec has no end', Number.POSITIVE_INFINITY);
    started.push(
      words.slice(n + 1, end).map((part) => (part.text?.includes('{}') === false ? part : UNKNOWN_WORD)),
    );
    n = end;
  }
  return started.length === 0 ? NONE : { kind: 'besides', own, started };
}

/** Options of git itself can name programs (`-c alias.x='!…'`, `--exec-path`) and other repositories, whose settings can. */
function gitLaunch(words: readonly ShellWord[]): Launch {
  let n = 1;
  while (words[n] !== undefined && words[n]?.text?.startsWith('-') !== false) {
    const text = words[n]?.text;
    if (text === undefined) return opaque('options of git are known only when it runs', n + 1);
    if (text !== '--no-pager' && text !== '-P' && text !== '--version' && text !== '--help') {
      return opaque(`git ${text} may start other programs`, n + 2);
    }
    n += 1;
  }
  return NONE;
}
