/**
 * Session logs as Claude Code writes them, made by a seed: what people typed among far more that they did not. Says what it
 * planted, so that a reader can be held to it. Shapes as recorded from 2.1.330.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { seeded } from '../seeded.ts';

export interface LogPlan {
  readonly seed: number;
  readonly sessions: number;
  /** Of all files together, about; the giant line not counted. */
  readonly bytes: number;
  /** One tool result of that size in the first session. */
  readonly giantLineBytes?: number;
}

export interface Planted {
  readonly sessions: number;
  readonly inputs: number;
  readonly secrets: number;
  readonly tornLines: number;
  readonly bytes: number;
}

const PROJECTS = ['shop', 'billing-service', 'infra', 'docs-site', 'mobile'];
const TASKS = [
  'fix the flaky login test, it failed again in CI',
  'why is the build so slow since yesterday?',
  'rename UserRecord to Account everywhere and run the tests',
  'write release notes for the last ten commits',
  'the migration fails on staging, look at the log below',
  'review my diff before I push',
];
const SECRET = 'sk-ant-api03-';
const BEGAN = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;

/** Into `<dir>/<project>/<session>.jsonl`. */
export function writeSessionLogs(dir: string, plan: LogPlan): Planted {
  const random = seeded(plan.seed);
  const planted = { sessions: 0, inputs: 0, secrets: 0, tornLines: 0, bytes: 0 };
  for (let n = 0; n < plan.sessions; n += 1) {
    const project = PROJECTS[Math.floor(random() * PROJECTS.length)] ?? '';
    const folder = path.join(dir, `-home-user-${project}`);
    mkdirSync(folder, { recursive: true });
    const log = new LogWriter(path.join(folder, `${uuid(random)}.jsonl`), project, n, random);
    log.write(plan.bytes / plan.sessions, n === 0 ? (plan.giantLineBytes ?? 0) : 0);
    planted.sessions += 1;
    for (const key of ['inputs', 'secrets', 'tornLines', 'bytes'] as const) planted[key] += log[key];
  }
  return planted;
}

class LogWriter {
  readonly #file: string;
  readonly #stamp: JsonObject;
  readonly #random: () => number;
  readonly #n: number;
  #at: number;
  #lines: string[] = [];
  #held = 0;
  inputs = 0;
  secrets = 0;
  tornLines = 0;
  bytes = 0;

  constructor(file: string, project: string, n: number, random: () => number) {
    this.#file = file;
    this.#random = random;
    this.#n = n;
    this.#at = BEGAN + n * (DAY_MS / 4);
    this.#stamp = {
      isSidechain: false,
      userType: 'external',
      entrypoint: 'cli',
      cwd: `/home/user/${project}`,
      sessionId: path.basename(file, '.jsonl'),
      version: '2.1.330',
      gitBranch: n % 3 === 0 ? 'main' : `feature/${n}`,
    };
  }

  write(bytes: number, giantLineBytes: number): void {
    this.#add({ type: 'ai-title', aiTitle: `Session ${this.#n}: ${this.#pick(TASKS)}` });
    this.#say({
      isMeta: true,
      ...user('<local-command-caveat>none of this was said</local-command-caveat>'),
    });
    if (giantLineBytes > 0) this.#tool('Bash', 'g'.repeat(giantLineBytes));
    for (let turn = 0; turn === 0 || this.bytes + this.#held < bytes + giantLineBytes; turn += 1) {
      const hasSecret = turn === 1 && this.#n % 10 === 0;
      const key = hasSecret ? ` with ${SECRET}${uuid(this.#random)}${uuid(this.#random)}` : '';
      this.#say(user(`${this.#pick(TASKS)} (turn ${turn})${key}`));
      this.inputs += 1;
      this.secrets += hasSecret ? 1 : 0;
      for (let call = 0; call < 4; call += 1) {
        const isError = this.#random() < 0.1;
        this.#tool(this.#pick(['Bash', 'Read', 'Edit', 'Grep']), this.#output(), isError);
      }
      if (turn % 5 === 4) this.#say(user([{ type: 'text', text: '[Request interrupted by user]' }]));
      if (turn % 7 === 6) this.#compact();
    }
    if (this.#n % 20 === 19) {
      this.#lines.push('{"type":"assistant","message":{"content":[{"type":"te');
      this.tornLines += 1;
    }
    this.#flush();
  }

  #tool(name: string, output: string, isError = false): void {
    const id = `toolu_${this.#lines.length}_${this.bytes}`;
    const usage = { input_tokens: 10, cache_read_input_tokens: 4000, output_tokens: 20 };
    const reply = { id: `msg_${id}`, type: 'message', model: 'claude-opus-5-5', usage };
    this.#say({
      type: 'assistant',
      message: {
        ...reply,
        role: 'assistant',
        content: [{ type: 'tool_use', id, name, input: { note: 'x' } }],
      },
    });
    this.#say({
      ...user([{ type: 'tool_result', tool_use_id: id, content: output, is_error: isError }]),
      toolUseResult: { stdout: output.slice(0, 200) },
    });
  }

  #compact(): void {
    this.#say({ type: 'system', subtype: 'compact_boundary', content: 'Conversation compacted' });
    this.#say({
      ...user('This session is being continued from a previous conversation that ran out of context.'),
      isVisibleInTranscriptOnly: true,
      isCompactSummary: true,
    });
  }

  #output(): string {
    const line = `${uuid(this.#random)} src/module.ts: "quoted" \\ and a tab\t of output\n`;
    return line.repeat(20 + Math.floor(this.#random() * 120));
  }

  #pick(words: readonly string[]): string {
    return words[Math.floor(this.#random() * words.length)] ?? '';
  }

  #say(line: JsonObject): void {
    this.#at += 15_000;
    this.#add({
      ...this.#stamp,
      ...line,
      uuid: uuid(this.#random),
      timestamp: new Date(this.#at).toISOString(),
    });
  }

  #add(line: JsonObject): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#lines.push(text);
    this.#held += text.length;
    if (this.#held > 1_000_000) this.#flush();
  }

  #flush(): void {
    const text = this.#lines.join('');
    appendFileSync(this.#file, text);
    this.bytes += Buffer.byteLength(text);
    this.#lines = [];
    this.#held = 0;
  }
}

function user(content: Json): JsonObject {
  return { type: 'user', message: { role: 'user', content } };
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
