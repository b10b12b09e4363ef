/** Runs as the page is given them: a small one of each kind of call, and one of any number of calls. */

import { callsOf } from '../../../src/cli/exec/exec-result.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { failure, NO_ACCOUNT, type Outcome } from '../../../src/core/outcome.ts';
import { NO_CALLS } from '../../../src/core/run.ts';
import type { PageAttempt, PageCall, PageRun } from '../../../src/report/page/page-run.ts';
import { CallStoryFold } from '../../../src/report/transcript/call-story.ts';
import type { JournalRecord, OutcomeRecord, StartedRecord } from '../../../src/wire/records/record.ts';
import { DESCRIPTION } from './run-description.ts';

export const BEGIN = Date.UTC(2026, 10, 22, 16, 48, 24);
const RUN_ID = '20261122-164824-a0wr';

export interface CallPlan {
  readonly label: string;
  readonly phase?: string;
  readonly workflow?: string;
  readonly startedMs: number;
  readonly tookMs: number;
  readonly prompt: string;
  /** `undefined`: it has not ended. */
  readonly outcome: Outcome | undefined;
  readonly events?: readonly JsonObject[];
  readonly attempt?: number;
}

export function replied(text: string, more: Partial<Outcome> = {}): Outcome {
  const usage = { inputTokens: 2_300, outputTokens: 640, cacheReadTokens: 12_000, cacheCreationTokens: 800 };
  return {
    kind: 'reply',
    text,
    structured: undefined,
    ...NO_ACCOUNT,
    usage,
    costUsd: 0.0142,
    turns: 3,
    model: 'claude-sonnet-5',
    sessionId: '0b8f',
    ...more,
  } as Outcome;
}

export function uses(id: string, name: string, input: JsonObject): JsonObject {
  return {
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
  };
}

export function gives(id: string, content: string, isError = false): JsonObject {
  const block = { type: 'tool_result', tool_use_id: id, content, is_error: isError };
  return { type: 'user', message: { role: 'user', content: [block] } };
}

export function says(text: string): JsonObject {
  return { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text }] } };
}

/** A run of these calls, numbered as they stand; those of one attempt stand together. */
export function pageRun(plans: readonly CallPlan[], more: Partial<PageRun> = {}): PageRun {
  const records: JournalRecord[] = [];
  const calls: PageCall[] = [];
  const attempts = [...new Set([1, ...plans.map(({ attempt = 1 }) => attempt)])];
  for (const attempt of attempts) {
    const own = plans.filter((plan) => (plan.attempt ?? 1) === attempt);
    records.push(attemptRecord(attempt, BEGIN + (own[0]?.startedMs ?? 0)));
    for (const plan of own) calls.push(pageCall(plan, calls.length + 1, records));
  }
  const endedAt = calls.reduce((last, call) => Math.max(last, call.endedAt), BEGIN);
  return {
    runId: RUN_ID,
    name: 'audit',
    description: 'Reviews each file for bugs and verifies every finding',
    kind: 'workflow',
    status: 'completed',
    startedAt: BEGIN,
    endedAt,
    scriptPath: '/home/me/project/audit.js',
    script: "export const meta = { name: 'audit' }\nreturn await agent('Hello')\n",
    args: { files: ['src/a.ts', 'src/b.ts'] },
    cwd: '/home/me/project',
    options: DESCRIPTION.options,
    rescuedFrom: undefined,
    attempts: attempts.map((attempt) => pageAttempt(attempt, calls, records)),
    calls,
    result: undefined,
    log: [],
    nextStep: undefined,
    notice: undefined,
    madeAt: endedAt + 60_000,
    version: '0.1.0',
    ...more,
  };
}

function pageAttempt(
  attempt: number,
  calls: readonly PageCall[],
  records: readonly JournalRecord[],
): PageAttempt {
  const own = calls.filter(({ started }) => started.attempt === attempt);
  return {
    attempt,
    startedAt: own[0]?.started.at ?? BEGIN,
    status: 'completed',
    agent: 'claude 2.1.330',
    rehearsal: false,
    endedAt: own.reduce((last, call) => Math.max(last, call.endedAt), BEGIN),
    calls: callsOf(records, attempt),
  };
}

function attemptRecord(attempt: number, at: number): JournalRecord {
  const { options, args } = DESCRIPTION;
  return {
    type: 'attempt',
    attempt,
    agent: 'a',
    rehearsal: false,
    script: 'script.js',
    args,
    options,
    pid: 1,
    at,
  };
}

function pageCall(plan: CallPlan, call: number, records: JournalRecord[]): PageCall {
  const { label, phase, workflow, prompt, outcome, events = [], startedMs, tookMs, attempt = 1 } = plan;
  const key = `k${call}.1`;
  const at = BEGIN + startedMs;
  const choices = { effort: undefined, isolation: undefined, agentType: undefined, hasSchema: false };
  const started: StartedRecord = {
    type: 'started',
    call,
    key,
    label,
    phase,
    workflow,
    model: 'sonnet',
    ...choices,
    attempt,
    at,
  };
  records.push(started);
  if (outcome !== undefined) {
    const settled: OutcomeRecord = {
      type: 'outcome',
      call,
      key,
      outcome,
      durationMs: tookMs,
      attempt,
      at: at + tookMs,
    };
    records.push(settled);
  }
  const fold = new CallStoryFold(20_000);
  for (const event of [{ type: 'andwait/call', call, label, prompt }, ...events])
    fold.add({ kind: 'event', event });
  return {
    started,
    endedAt: at + tookMs,
    outcome,
    setbacks: [],
    isPutBack: false,
    replayedIn: [],
    story: fold.story(false),
  };
}

const FILES = [
  'agent/spawn.ts',
  'broker/slots.ts',
  'cli/main.ts',
  'journal/writer.ts',
  'report/tree.ts',
  'wire/line.ts',
];

/** `count` calls in three phases, eight at once; every 25th fails. */
export function largeRun(count: number, text: (at: number) => string = () => ''): PageRun {
  const plans = Array.from({ length: count }, (_, at): CallPlan => {
    const file = `${FILES[at % FILES.length]}`;
    const phase = at < count * 0.6 ? 'Find' : at < count * 0.95 ? 'Verify' : 'Report';
    const tookMs = 4_000 + ((at * 7_919) % 23_000);
    const startedMs = Math.floor(at / 8) * 15_000 + (at % 8) * 900;
    const words = `${text(at)}Review src/${file} for bugs in the handling of errors, and name each with its line.`;
    const events = [
      uses('1', 'Read', { file_path: `src/${file}` }),
      gives('1', 'import path from "node:path";\nexport function a() {}\n'.repeat(10)),
      uses('2', 'Bash', { command: `npx vitest run test/${file.replace('.ts', '.test.ts')}` }),
      gives('2', '3 passed\n1 failed\nexpected 1 to be 2', at % 3 === 0),
    ];
    const outcome =
      at % 25 === 7
        ? failure(
            at % 50 === 7 ? 'api-error' : 'timeout',
            at % 50 === 7
              ? 'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
              : 'no answer within 600 s',
            { apiStatus: at % 50 === 7 ? 529 : undefined },
          )
        : replied(
            `${text(at)}Two findings in src/${file}.\n\n1. Line ${at}: the error is swallowed.\n2. Line ${at + 9}: the descriptor leaks when the second write fails.\n`,
            at % 40 === 3
              ? { denials: [{ toolName: 'Bash', toolUseId: 'x', toolInput: { command: 'rm -rf /' } }] }
              : {},
          );
    return { label: `find:${file}#${at}`, phase, startedMs, tookMs, prompt: words, outcome, events };
  });
  return pageRun(plans);
}

export function smallRun(): PageRun {
  return pageRun(SMALL, AROUND_SMALL);
}

const SMALL: readonly CallPlan[] = [
  {
    label: 'find:src/agent',
    phase: 'Find',
    startedMs: 300,
    tookMs: 42_000,
    prompt: 'Find bugs in src/agent.\nName each with file and line.',
    outcome: replied('', {
      structured: {
        findings: [
          {
            file: 'src/agent/spawn.ts',
            line: 42,
            what: 'The descriptor is not closed when the spawn fails.',
          },
        ],
      },
    } as Partial<Outcome>),
    events: [
      {
        type: 'system',
        subtype: 'api_retry',
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 2000,
        error_status: 429,
        error: 'rate_limit',
      },
      says('I will read the folder first.'),
      uses('1', 'Glob', { pattern: 'src/agent/**/*.ts' }),
      gives('1', 'src/agent/spawn.ts\nsrc/agent/ending.ts'),
      uses('2', 'Read', { file_path: 'src/agent/spawn.ts' }),
      gives('2', 'import { spawn } from "node:child_process";\n'.repeat(12)),
      uses('3', 'Bash', { command: 'npx vitest run test/unit/agent' }),
      gives('3', 'FAIL spawn.test.ts\nexpected 1 to be 2', true),
      says('One finding.'),
    ],
  },
  {
    label: 'find:src/broker',
    phase: 'Find',
    startedMs: 400,
    tookMs: 61_000,
    prompt: 'Find bugs in src/broker.\nName each with file and line.',
    outcome: failure('timeout', 'no answer within 60 s; the agent was ended (TERM)', {
      text: 'I have looked at slot-pool.ts so far, and',
      stderrTail: 'warning: slow network',
    }),
    events: [
      uses('1', 'Read', { file_path: 'src/broker/slot-pool.ts' }),
      gives('1', 'export class SlotPool {}'),
    ],
  },
  {
    label: 'verify: the descriptor is not closed when the spawn fails',
    phase: 'Verify',
    startedMs: 43_000,
    tookMs: 18_500,
    prompt: 'Is this finding right? Try to show that it is not.',
    outcome: replied(
      'It is right: a test that fails for it is below.\n\n```ts\nexpect(open()).toBe(0);\n```',
      { denials: [{ toolName: 'Write', toolUseId: 'w', toolInput: {} }] },
    ),
  },
  {
    label: 'report',
    phase: 'Report',
    startedMs: 63_000,
    tookMs: 9_000,
    prompt: 'Put it into words for the team.',
    outcome: replied(
      '# One bug\n\nThe descriptor is not closed when the spawn fails (`src/agent/spawn.ts:42`).',
    ),
  },
];

const AROUND_SMALL: Partial<PageRun> = {
  result: {
    type: 'result',
    runId: RUN_ID,
    name: 'audit',
    status: 'completed',
    result: '# One bug\n\nThe descriptor is not closed when the spawn fails (`src/agent/spawn.ts:42`).',
    error: null,
    calls: { ...NO_CALLS, total: 4, done: 3, failed: 1, denied: 1 },
    usage: NO_ACCOUNT.usage,
    costUsd: 0.05,
    durationMs: 72_000,
    attempts: [],
  },
  log: [
    { label: '', text: '1 finding to verify', at: BEGIN + 42_500 },
    { label: '', text: 'done', at: BEGIN + 72_000 },
  ],
};

const HOUR_MS = 3_600_000;

/** Cut off in its first attempt; gone on with on the next day, when a cap ended it. */
export function resumedRun(): PageRun {
  const again: CallPlan[] = SMALL.map((plan) => ({
    ...plan,
    attempt: 2,
    startedMs: plan.startedMs + 20 * HOUR_MS,
    outcome: plan.outcome?.kind === 'failure' ? replied('Nothing is wrong there.') : plan.outcome,
  }));
  const cutOff: CallPlan[] = SMALL.slice(0, 3).map((plan, at) =>
    at === 2 ? { ...plan, outcome: undefined } : plan,
  );
  const run = pageRun([...cutOff, ...again.slice(1, 3)], {
    status: 'capped',
    nextStep: 'andwait resume 2026',
  });
  const [first, second] = run.attempts;
  const [reused, ...rest] = run.calls;
  if (first === undefined || second === undefined || reused === undefined) throw new Error('too few');
  return {
    ...run,
    attempts: [
      { ...first, status: null },
      { ...second, status: 'capped' },
    ],
    calls: [{ ...reused, replayedIn: [2] }, ...rest],
  };
}

/** What agents may say to whoever reads of them, in every field that is theirs. */
export const HOSTILE = [
  '</script><script>window.owned=1</script>',
  '<img src=x onerror="window.owned=2">',
  '"><svg onload=window.owned=3>',
  "' onmouseover='window.owned=4' autofocus onfocus='window.owned=5",
  '</title></style></pre></bdi></details><iframe src="javascript:parent.owned=6"></iframe>',
  '<!--',
  ']]>',
  '&lt;b&gt; &amp;',
  '\u2028\u2029\u202eevil\u2066\x1b[2J\x1b]0;title\x07\x00\x9b31m\ud800',
  'javascript:window.owned=7',
  '{{constructor.constructor("window.owned=8")()}}',
].join(' ');

/** The same, wherever a text stands. */
export function hostileRun(): PageRun {
  const run = pageRun(SMALL, AROUND_SMALL);
  const { attempts: _, calls: __, ...around } = run;
  return pageRun(
    hostile(SMALL) as CallPlan[],
    hostile({ ...around, notice: 'n', nextStep: 'n', rescuedFrom: 'r' }) as Partial<PageRun>,
  );
}

/** Fields whose words are ours, or which the program that reads the files checks. */
const OURS = new Set(['kind', 'status', 'type', 'reason', 'version', 'permissionMode', 'agent']);

function hostile(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return OURS.has(field) ? value : HOSTILE;
  if (value instanceof Map)
    return new Map([...value].map(([key, each]) => [hostile(key, String(key)), hostile(each)]));
  if (Array.isArray(value)) return value.map((each) => hostile(each, field));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hostile(each, key)]));
}
