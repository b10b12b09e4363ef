/** What is kept of one session while its lines go by: little, and never more of it for a longer session. */
import type { JsonObject } from '../../core/json.ts';
import { SYNTHETIC_MODEL } from '../../wire/events/event.ts';
import { countAt, objectAt, objectsAt, textAt, timeAt } from '../claude-run/told.ts';
import { KeptEnds } from './kept-ends.ts';
import { ToolTally } from './tool-tally.ts';
import { type UserInput, userLine } from './user-input.ts';

/** Of each end of a session so many inputs are kept. */
const INPUTS_AT_AN_END = 30;
const MAX_WORDS = 8;
const MAX_WORD_CHARACTERS = 300;
/** By type of line. */
const TITLE_FIELDS: ReadonlyMap<string, string> = new Map([
  ['ai-title', 'aiTitle'],
  ['custom-title', 'customTitle'],
]);

export interface SessionDigest {
  /** Given by the person, by a model, or as summaries of what was talked about; the latest last. */
  readonly titles: readonly string[];
  readonly cwds: readonly string[];
  readonly branches: readonly string[];
  readonly models: readonly string[];
  /** Which program it was held with: `cli`, `sdk-cli` (no person at the keyboard), …; absent in old files. */
  readonly entrypoint: string | undefined;
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
  readonly inputs: readonly UserInput[];
  /** Those between the first and the last ones that are not kept. */
  readonly inputsLeftOut: number;
  /** Those that an earlier read session holds as well: a session that goes on may begin with a copy of another. */
  readonly inputsRepeated: number;
  readonly replies: number;
  readonly tokens: { readonly input: number; readonly cached: number; readonly output: number };
  /** US dollars, where the session says so itself. */
  readonly costUsd: number | undefined;
  readonly tools: ToolTally;
  readonly interruptions: number;
  readonly apiErrors: number;
  readonly compactions: number;
}

/** Several of one kind: the first few that differ. */
class Words {
  readonly #words = new Set<string>();
  add(word: string | undefined): void {
    if (word !== undefined && word.trim() !== '' && this.#words.size < MAX_WORDS)
      this.#words.add(word.slice(0, MAX_WORD_CHARACTERS));
  }
  get all(): readonly string[] {
    return [...this.#words];
  }
}

export class SessionReading implements SessionDigest {
  readonly #titles = new Map<string, string>();
  readonly #summaries = new Words();
  readonly #cwds = new Words();
  readonly #branches = new Words();
  readonly #models = new Words();
  readonly #inputs = new KeptEnds<UserInput>(INPUTS_AT_AN_END);
  readonly #seenInputs: Set<string>;
  /** One message is several lines in a row, each with the usage so far: the last one counts. */
  #reply: { readonly id: string | undefined; readonly usage: JsonObject | undefined } | undefined;
  #tokens = { input: 0, cached: 0, output: 0 };
  readonly tools = new ToolTally();
  entrypoint: string | undefined;
  firstAt: number | undefined;
  lastAt: number | undefined;
  replies = 0;
  costUsd: number | undefined;
  interruptions = 0;
  apiErrors = 0;
  compactions = 0;
  inputsRepeated = 0;

  /** `seenInputs`: ids of inputs of the sessions read before; those of this one are added. */
  constructor(seenInputs: Set<string>) {
    this.#seenInputs = seenInputs;
  }

  get titles(): readonly string[] {
    return [...new Set([...this.#summaries.all, ...this.#titles.values()])];
  }
  get cwds(): readonly string[] {
    return this.#cwds.all;
  }
  get branches(): readonly string[] {
    return this.#branches.all;
  }
  get models(): readonly string[] {
    return this.#models.all;
  }
  get inputs(): readonly UserInput[] {
    return this.#inputs.kept;
  }
  get inputsLeftOut(): number {
    return this.#inputs.leftOut;
  }
  get tokens(): SessionDigest['tokens'] {
    return added(this.#tokens, this.#reply?.usage);
  }

  take(line: JsonObject): void {
    this.#takeTitle(line);
    // Of an agent that the session started: its prompts are no person's, and its work is told where it was asked for.
    if (line['isSidechain'] === true) return;
    const at = timeAt(line, 'timestamp');
    this.firstAt ??= at;
    this.lastAt = at ?? this.lastAt;
    this.entrypoint ??= textAt(line, 'entrypoint');
    this.#cwds.add(textAt(line, 'cwd'));
    this.#branches.add(textAt(line, 'gitBranch'));
    switch (textAt(line, 'type')) {
      case 'user':
      case 'attachment':
        this.#takeUser(line);
        break;
      case 'assistant':
        this.#takeReply(line, objectAt(line, 'message'));
        break;
      case 'system':
        if (textAt(line, 'subtype') === 'compact_boundary') this.compactions += 1;
        break;
      case 'cost-state':
        this.costUsd = countAt(line, 'totalCostUSD') ?? this.costUsd;
        break;
    }
  }

  #takeTitle(line: JsonObject): void {
    const type = textAt(line, 'type');
    if (type === 'summary') this.#summaries.add(textAt(line, 'summary'));
    // By a map of its own: an object would answer to `constructor`, too.
    const field = type === undefined ? undefined : TITLE_FIELDS.get(type);
    const title = field === undefined ? undefined : textAt(line, field);
    if (type === undefined || title === undefined || title.trim() === '') return;
    this.#titles.set(type, title.slice(0, MAX_WORD_CHARACTERS));
  }

  #takeUser(line: JsonObject): void {
    for (const result of objectsAt(objectAt(line, 'message'), 'content'))
      if (textAt(result, 'type') === 'tool_result' && this.tools.answered(result) === 'interrupted')
        this.interruptions += 1;
    const { inputs, interruptions } = userLine(line);
    this.interruptions += interruptions;
    if (inputs.length === 0) return;
    const uuid = textAt(line, 'uuid');
    if (uuid !== undefined && this.#seenInputs.has(uuid)) this.inputsRepeated += 1;
    else for (const input of inputs) this.#inputs.add(input);
    if (uuid !== undefined) this.#seenInputs.add(uuid.slice(0, MAX_WORD_CHARACTERS));
  }

  #takeReply(line: JsonObject, message: JsonObject | undefined): void {
    const model = textAt(message, 'model');
    if (model === SYNTHETIC_MODEL || line['isApiErrorMessage'] === true) {
      if (line['isApiErrorMessage'] === true) this.apiErrors += 1;
      return;
    }
    this.#models.add(model);
    const id = textAt(message, 'id');
    if (this.#reply === undefined || id === undefined || this.#reply.id !== id) {
      this.#tokens = added(this.#tokens, this.#reply?.usage);
      this.replies += 1;
    }
    this.#reply = { id, usage: objectAt(message, 'usage') };
    for (const block of objectsAt(message, 'content'))
      if (textAt(block, 'type') === 'tool_use') this.tools.called(block);
  }
}

function added(tokens: SessionDigest['tokens'], usage: JsonObject | undefined): SessionDigest['tokens'] {
  const of = (key: string): number => countAt(usage, key) ?? 0;
  return {
    input: tokens.input + of('input_tokens') + of('cache_creation_input_tokens'),
    cached: tokens.cached + of('cache_read_input_tokens'),
    output: tokens.output + of('output_tokens'),
  };
}
