/** A session with the Workflow tool, its model played by a fake API, its runs in a state folder and a pool of their own. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, STREAM, type Started, startPrint, takeBytecode } from './print-child.ts';

export const TWO = `export const meta = { name: 'two', description: 'Asks two agents' }
const [a, b] = await parallel([() => agent('ECHO:one'), () => agent('ECHO:two')])
return { a, b, args }
`;

export interface StagedCall {
  readonly prompt?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | 'open';
}

export class WorkflowStage implements AsyncDisposable {
  readonly api: FakeMessagesApi;
  readonly cwd = temporaryFolder();
  readonly home = temporaryFolder();
  readonly state = path.join(this.home, 'state');

  constructor(api: FakeMessagesApi) {
    this.api = api;
  }

  static async open(): Promise<WorkflowStage> {
    const stage = new WorkflowStage(await FakeMessagesApi.start());
    takeBytecode(stage.state);
    return stage;
  }

  get env(): Record<string, string> {
    return {
      ...this.api.env(this.home),
      ANDWAIT_HOME: this.state,
      // No broker outlives its test by long.
      ANDWAIT_POOL_IDLE_SECONDS: '5',
    };
  }

  /** The model's next reply calls the tool. */
  calls(input: Json): this {
    this.api.queue(reply().tool('Workflow', input));
    return this;
  }

  start({ prompt = 'hi', args = ALLOWED, env = {}, stdin = '' }: StagedCall = {}): Started {
    const prompted = stdin === '' ? ['-p', prompt] : [];
    return startPrint({
      args: [...prompted, ...STREAM, ...args],
      env: { ...this.env, ...env },
      cwd: this.cwd,
      stdin,
    });
  }

  async run(call?: StagedCall): Promise<Ended> {
    return await this.start(call).ended;
  }

  runIds(): string[] {
    try {
      return readdirSync(path.join(this.state, 'runs'));
    } catch {
      return [];
    }
  }

  records(runId: string) {
    return readJournal(path.join(this.state, 'runs', runId, 'journal.ndjson')).records;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }
}

export const ALLOWED = ['--allowedTools', 'Workflow'] as const;

export interface ToolAnswer {
  readonly content: string;
  readonly isError: boolean;
  readonly forPrograms: Json;
}

/** What tools answered, in order. */
export function answersIn({ events }: Pick<Ended, 'events'>): ToolAnswer[] {
  return events.flatMap((event) =>
    blocksOf(event)
      .filter(({ type }) => type === 'tool_result')
      .map((block) => ({
        content: String(block['content']),
        isError: block['is_error'] === true,
        forPrograms: event['tool_use_result'] ?? null,
      })),
  );
}

function blocksOf({ message }: JsonObject): JsonObject[] {
  const content = isJsonObject(message) ? message['content'] : undefined;
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}
