/**
 * What single constructs of the shell can do besides their parts: set variables, evaluate text. Bash looks for commands
 * inside array subscripts when it calculates, also where they came in quotes or out of a variable.
 */
import type { ParameterExpansionPart, SyntaxNode, Word } from 'unbash';
import { isHarmlessForScript } from './shell-variable.ts';

const HIDDEN_CODE = /\$\(|`|\$\{/;

const NUMERIC_TEST = /^-(eq|ne|lt|le|gt|ge)$/;

export class ConstructDoubts {
  readonly #doubts = new Set<string>();
  #calculates = false;
  #hidesCode = false;

  doubt(why: string): void {
    this.#doubts.add(why);
  }

  /** Numbers are worked out. */
  calculates(): void {
    this.#calculates = true;
  }

  /** A value is set that nobody knows, or that holds the text of a command. */
  takesValue(text: string | undefined): void {
    if (text === undefined || HIDDEN_CODE.test(text)) this.#hidesCode = true;
  }

  get all(): readonly string[] {
    const together =
      this.#calculates && this.#hidesCode ? ['it calculates with text that may hold commands'] : [];
    return [...this.#doubts, ...together];
  }

  /** What a construct brings with it besides its parts. */
  look(node: SyntaxNode): void {
    switch (node.type) {
      case 'Function':
        this.doubt('it defines a function');
        return;
      case 'Coproc':
        this.doubt('it starts a coprocess');
        return;
      case 'Select':
        this.doubt('it asks with "select"');
        return;
      case 'CommandExpansion':
      case 'ProcessSubstitution':
      case 'ArithmeticCommandExpansion':
        if (node.script === undefined) this.doubt('a nested command cannot be parsed');
        return;
      case 'ParameterExpansion':
        this.#expansion(node);
        return;
      case 'LocaleString':
        this.doubt('it holds text that depends on the language');
        return;
      case 'ArithmeticBinary':
        if (/^[^=!<>]*=$|^(<<|>>)=$/.test(node.operator)) this.#numberSet(node.left);
        this.#calculates = true;
        return;
      case 'ArithmeticUnary':
        if (node.operator === '++' || node.operator === '--') this.#numberSet(node.operand);
        this.#calculates = true;
        return;
      case 'ArithmeticExpansion':
      case 'ArithmeticCommand':
        if (node.expression === undefined && node.type === 'ArithmeticExpansion') {
          this.doubt('a calculation cannot be parsed');
        }
        this.#calculates = true;
        return;
      case 'TestCommand':
        this.#calculates = true;
        return;
      case 'TestBinary':
        if (NUMERIC_TEST.test(node.operator) && ![node.left, node.right].every(isNumber)) {
          this.doubt('it compares as numbers what is known only when it runs');
        }
        return;
      case 'ArithmeticWord':
        if (/PWD/.test(node.value)) this.doubt('it calculates with the name of a folder');
        return;
      case 'Word':
        if (node.parts === undefined) this.takesValue(node.value);
        return;
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        this.takesValue(node.value);
        return;
      default:
    }
  }

  #numberSet(target: { readonly type: string; readonly value?: string }): void {
    const name = target.type === 'ArithmeticWord' ? (target.value ?? '') : '';
    if (!isHarmlessForScript(name)) this.doubt(`it sets the variable ${name}`);
  }

  #expansion({ prefix, operation, index, parameter }: ParameterExpansionPart): void {
    if (prefix === '!') this.doubt('it uses a variable that names another');
    if (index !== undefined || operation?.type === 'Slice') this.#calculates = true;
    if (operation?.type === 'Transform' || operation?.type === 'Unknown') {
      this.doubt('it has a variable evaluated');
    }
    if (operation?.type === 'Default') this.#hidesCode = true;
    if (
      operation?.type === 'Default' &&
      operation.operator.endsWith('=') &&
      !isHarmlessForScript(parameter)
    ) {
      this.doubt(`it sets the variable ${parameter}`);
    }
  }
}

function isNumber(word: Word): boolean {
  return /^"?(-?\d+|\$[?#])"?$/.test(word.text);
}
