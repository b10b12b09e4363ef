/**
 * Reads a shell command into everything that it would start and every file that it would open, in order. What the
 * parser does not vouch for, or what only shows when it runs, is a doubt: a doubtful command is never allowed unasked.
 */
import {
  type Assignment,
  type Command,
  forEachChild,
  parse,
  type Redirection,
  type SyntaxNode,
} from 'unbash';
import { ConstructDoubts } from './construct-doubts.ts';
import { isHarmlessForProgram, isHarmlessForScript } from './shell-variable.ts';
import { type ShellWord, shellWord } from './shell-word.ts';

export interface ShellCommand {
  readonly kind: 'command';
  readonly words: readonly ShellWord[];
  /** As written, variables before it included. */
  readonly raw: string;
  readonly isInLoop: boolean;
}

export interface OpenedFile {
  readonly kind: 'file';
  readonly access: 'read' | 'write';
  readonly word: ShellWord;
}

export type ShellStep = ShellCommand | OpenedFile;

export interface ShellReading {
  readonly steps: readonly ShellStep[];
  readonly doubts: readonly string[];
}

/** Characters that a terminal hides or that bash and a parser might take differently. */
const STRANGE =
  /[\0-\b\v-\x1f\x7f\u0080-\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/;

/** Longer ones are not looked through. */
export const MAX_CHARS = 20_000;

export function readShell(text: string): ShellReading {
  if (text.length > MAX_CHARS) return { steps: [], doubts: [`it is longer than ${MAX_CHARS} characters`] };
  const reader = new Reader();
  if (STRANGE.test(text)) reader.doubt('it holds characters that do not show');
  try {
    reader.visit(parse(text), text);
  } catch (error) {
    // The parser goes down as deep as the text does.
    if (!(error instanceof RangeError)) throw error;
    reader.doubt('it is nested too deep');
  }
  return reader.reading();
}

class Reader {
  readonly #steps: ShellStep[] = [];
  readonly #doubts = new ConstructDoubts();
  #loops = 0;

  doubt(why: string): void {
    this.#doubts.doubt(why);
  }

  reading(): ShellReading {
    return { steps: this.#steps, doubts: this.#doubts.all };
  }

  visit(node: SyntaxNode, source: string): void {
    switch (node.type) {
      case 'Script': {
        for (const error of node.errors ?? []) this.doubt(`it cannot be parsed (${error.message})`);
        // Positions in a script between escaped backticks count from its own decoded text.
        this.#children(node, node.source ?? source);
        return;
      }
      case 'Command':
        this.#command(node, source);
        return;
      case 'Assignment':
        this.#assignment(node, source);
        return;
      case 'Redirect':
      case 'HereString':
      case 'HereDoc':
        this.#redirection(node, source);
        return;
      case 'For':
      case 'While':
      case 'ArithmeticFor': {
        if (node.type === 'For' && !isHarmlessForScript(node.name.value)) {
          this.doubt(`it sets the variable ${node.name.value}`);
        }
        const values = node.type === 'For' ? (node.wordlist ?? []) : [];
        for (const word of values) this.#doubts.takesValue(shellWord(word).text);
        this.#loops += 1;
        this.#children(node, source);
        this.#loops -= 1;
        return;
      }
      default:
        this.#doubts.look(node);
        this.#children(node, source);
    }
  }

  #children(node: SyntaxNode, source: string): void {
    forEachChild(node, (child) => this.visit(child, source));
  }

  #command(node: Command, source: string): void {
    const own = node.prefix.filter((part) => part.type === 'Assignment');
    const isBare = node.name === undefined;
    for (const { name } of own) {
      const isHarmless = isBare ? isHarmlessForScript(name) : isHarmlessForProgram(name);
      if (!isHarmless) this.doubt(`it sets the variable ${name}`);
    }
    this.#children(node, source);
    if (node.name === undefined) return;
    const values = [node.name, ...node.args].map((word) => (word.type === 'Word' ? word.value : ''));
    if (values.some((value) => value === 'test' || value === '[')) this.#doubts.calculates();
    this.#steps.push({
      kind: 'command',
      words: [shellWord(node.name), ...node.args.map((arg) => this.#argument(arg))],
      raw: source.slice(node.pos, node.end),
      isInLoop: this.#loops > 0,
    });
  }

  /** `export A=1` and its like: the parser takes the word apart, the program gets it whole. */
  #argument(arg: Command['args'][number]): ShellWord {
    if (arg.type === 'Word') return shellWord(arg);
    const value = arg.value.type === 'Word' ? shellWord(arg.value) : undefined;
    const isPlain = value?.text !== undefined && !value.hasTilde && arg.index === undefined;
    const name = `${arg.name}${arg.append === true ? '+' : ''}`;
    const text = isPlain ? `${name}=${value.text}` : undefined;
    return { text, raw: arg.text, isGlob: false, isStream: false, hasTilde: false };
  }

  #assignment(node: Assignment, source: string): void {
    // `a[$(x)]=1`, and a later calculation with what is assigned here.
    if (node.index !== undefined || node.value.type === 'ArrayValue') this.doubt('it fills an array');
    this.#children(node, source);
    this.#doubts.takesValue(node.value.type === 'Word' ? shellWord(node.value).text : undefined);
  }

  #redirection(node: Redirection, source: string): void {
    if (node.descriptor?.type === 'FileDescriptorVariable') this.doubt('it stores a file descriptor');
    if (node.type === 'HereDoc') {
      if (node.closing === undefined) this.doubt('a here-document has no end');
      if (node.delimiter === undefined) this.doubt('a here-document cannot be parsed');
    } else if (node.target === undefined) this.doubt('a redirection has no target');
    this.#children(node, source);
    if (node.type !== 'Redirect' || node.target === undefined) return;
    const word = shellWord(node.target);
    const isDuplicate = node.operator === '>&' || node.operator === '<&';
    if (isDuplicate && /^(\d+-?|-)$/.test(word.text ?? '')) return;
    this.#steps.push({ kind: 'file', access: node.operator === '<' ? 'read' : 'write', word });
  }
}
