/**
 * Every bundled workflow with agents that answer anything, or nothing, by fixed seeds: no mistake of its own comes to light,
 * the order of answers changes nothing, it stays within its README's number of agents, names who failed, and loses nothing.
 */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { BUNDLED, scenarioOf } from '../support/workflows/bundled.ts';
import {
  type Play,
  type Played,
  playWorkflow,
  type ScriptedAnswer,
  type ScriptedCall,
} from '../support/workflows/scripted-workflow.ts';
import { BREAKOUT, NEVER_FITS, wildAgents } from '../support/workflows/wild-agents.ts';

const SEEDS = [2, 3, 4, 5, 18];
/** Steers a terminal, or turns the order of reading round, once it is no JSON any more. */
const STEERING = /[\u202a-\u202e\u2066-\u2069]|(?<!\\)\\u00(?:1b|00|07|9b)/;
/** A test and what it printed: as they are. */
const FENCED = /^(`{3,})\n[\s\S]*?\n\1$/gm;

/** Whatever it may be: a test that reads too much of it fails. */
// biome-ignore lint/suspicious/noExplicitAny: eight results of eight shapes, read by the line that knows its own
type Loose = any;

interface Case {
  readonly args: Json;
  /** What the README says. */
  readonly mostAgents: number;
  /** How many of the agents that failed in a phase the result tells of. */
  readonly toldOf: Readonly<Record<string, (result: Loose) => number>>;
  /** What an answer of a phase brings that may not get lost. */
  readonly finds: Readonly<Record<string, (answer: Loose) => string[]>>;
  /** Where it is only counted, it may be missing. */
  readonly counted?: (result: Loose) => number;
}

const DIFF = ['a', 'b'].map(
  (name) =>
    `diff --git a/src/${name}.js b/src/${name}.js\n--- a/src/${name}.js\n+++ b/src/${name}.js\n@@ -1 +1 @@\n-x\n+y\n`,
);
const titlesOf = (items: Loose): string[] => items.map(({ title }: Loose) => title);
const sum = (items: Loose, count: (item: Loose) => number): number =>
  items.reduce((total: number, item: Loose) => total + count(item), 0);
const saying = (items: Loose, words: string): number =>
  items.filter((item: Loose) => JSON.stringify(item).includes(words)).length;
const isIn = (report: string, words: string): number => (report.includes(words) ? 1 : 0);

const CASES: Readonly<Record<string, () => Case | Promise<Case>>> = {
  audit: () => ({
    args: { for: 'q', limit: 4 },
    mostAgents: 6 * 4 + 2,
    toldOf: {
      Audit: ({ notAudited }) => saying(notAudited, 'its auditor failed'),
      Verify: ({ unverified }) => unverified.length,
      Synthesise: ({ report }) => isIn(report, 'There is none: its agent failed.'),
    },
    finds: {
      Audit: ({ findings }) => titlesOf(findings),
      List: ({ files }) => files.filter((file: string) => /^src/.test(file)),
    },
  }),
  review: () => ({
    args: { diff: DIFF.join(''), lenses: 'security,taste', limit: 3, votes: 3 },
    mostAgents: 2 + 3 * 3,
    toldOf: {
      Review: ({ notReviewed }) => saying(notReviewed, 'its reviewer failed'),
      Verify: ({ findings, refuted, unverified }) =>
        sum(
          [...findings, ...refuted, ...unverified].filter(
            ({ unverified: why }: Loose) => !why?.includes('limit'),
          ),
          ({ votes }) => votes.missing,
        ),
    },
    finds: { Review: ({ findings }) => titlesOf(findings) },
  }),
  'overnight-cleanup': () => ({
    args: { kind: 'stale TODOs', areas: 'src,test', limit: 6, pullRequests: true },
    mostAgents: 2 + 4 * 6,
    toldOf: {
      Find: ({ notSearched }) => notSearched.length,
      Verify: ({ failed }) => saying(failed, 'was to verify it failed'),
      Fix: ({ failed }) => saying(failed, 'was to fix it failed'),
      Review: ({ notApproved }) =>
        saying(notApproved, 'its reviewer failed') + saying(notApproved, 'names the same branch'),
      Publish: ({ fixed }) => saying(fixed, 'its agent failed: see whether'),
    },
    finds: { Find: ({ issues }) => titlesOf(issues) },
  }),
  migrate: () => ({
    args: {
      ...{ source: 'src', target: 'port', to: 'Python', check: 'make check', sourceCheck: 'make test' },
      ...{ rounds: 2, fixRounds: 3, overwrite: true },
    },
    // Three units, each agent asked twice at most.
    mostAgents: 2 * (3 * 8 + 3 * 3 + 3 + 10),
    toldOf: Object.fromEntries(
      ['Plan', 'Translate', 'Fix'].map((phase) => [phase, ({ unanswered }: Loose) => unanswered.length]),
    ),
    finds: { Plan: ({ units = [] }) => units.map(({ source }: Loose) => source) },
  }),
  'bug-hunt': () => ({
    args: { target: 'src', lenses: 'order,errors', rounds: 2, maxProofs: 3 },
    mostAgents: 2 * 2 + 3 * 24 + 2 * 3,
    toldOf: {
      Find: ({ dropped }) => dropped.finders.length,
      Verify: ({ proved, notProved, refuted, unverified }) =>
        sum([...proved, ...notProved, ...refuted, ...unverified], ({ votes }) => votes.missing),
      Prove: ({ notProved }) =>
        saying(notProved, 'write the test failed') +
        saying(notProved, 'nobody else could') +
        saying(notProved, 'broke off'),
    },
    finds: { Find: ({ bugs }) => titlesOf(bugs) },
    counted: ({ dropped }) => dropped.wordings + dropped.outsideMore,
  }),
  'profile-sessions': async () => ({
    args: (await scenarioOf('profile-sessions')).args,
    mostAgents: 4 + 3 + 1,
    toldOf: {
      Read: ({ dropped }) => saying(dropped.batches, 'its agent failed'),
      Merge: ({ dropped }) => saying(dropped.unmerged, 'the agent failed'),
      Advise: ({ report }) => isIn(report, 'There is no summary'),
    },
    finds: {
      Read: ({ domains, painPoints, automations }) => titlesOf([...domains, ...painPoints, ...automations]),
    },
    counted: ({ dropped, notShown }) => dropped.unfoundedMore + notShown,
  }),
  'deep-research': () => ({
    args: { question: 'Why?', angles: 3, sources: 2, claims: 4 },
    mostAgents: 3 + 3 + 3 * 2 + 3 * 4,
    toldOf: {
      Search: ({ unsearched }) => saying(unsearched, 'its agent failed'),
      Read: ({ unread }) => saying(unread, 'its agent failed'),
      Rank: ({ dropped }) => saying(dropped, 'search for equal claims'),
      Report: ({ reportBy }) => (reportBy === 'code' ? 1 : 0),
    },
    finds: {
      Read: ({ readable, claims }) =>
        (readable ? claims : [])
          .filter(({ quote }: Loose) => /\w/.test(quote))
          .map(({ claim }: Loose) => claim),
    },
  }),
  'stress-test-plan': () => ({
    args: { plan: '1. Move.', lenses: 'North: a\nSouth: b\nEast: c' },
    mostAgents: 3 + 7,
    toldOf: {
      Attack: ({ failed }) => failed.length,
      Judge: ({ silent }) => silent.length,
      Graft: ({ report }) => isIn(report, 'nothing was grafted'),
      Check: ({ unchecked }) => unchecked.length,
    },
    finds: { Attack: ({ attacks }) => attacks.map(({ attack }: Loose) => attack) },
  }),
};

interface Heard {
  readonly call: ScriptedCall;
  readonly answer: ScriptedAnswer;
}

async function hear(
  name: string,
  args: Json,
  seed: number,
  more: Partial<Play> = {},
): Promise<Played & { readonly heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  const agents = wildAgents({ seed, failing: (seed % 3) * 8 });
  const answer = (call: ScriptedCall) => {
    const said = agents(call);
    heard.push({ call, answer: said });
    return said;
  };
  return { ...(await playWorkflow(name, { args, answer, ...more })), heard };
}

/** What is left of a text however it was cleaned, cut and escaped. */
const core = (value: string) => value.replace(/\\u[0-9a-f]{4}|\\[nrt]|[^\p{L}\p{N}]/gu, '').toLowerCase();
const hasFailed = ({ answer }: Heard) => answer === null || answer === NEVER_FITS;

/** Nothing of what agents say is markup, a section, or a command of a CI. */
function expectPlain(report: string): void {
  const [ours = ''] = report.replace(FENCED, '').split('## The plan, to the end');
  expect(ours).not.toMatch(/^(?:\s*::|```|~~~|## Forged)|##\[/m);
  // What is escaped, and what stands between backticks, Markdown takes for what it is.
  const live = ours.replace(/\\[^\n]/g, '').replace(/`[^`\n]*`/g, '');
  expect(live).not.toMatch(/<img|\]\(|[^\P{Cc}\n]|\u202e/u);
}

describe.each(BUNDLED)('%s', (name) => {
  test.each(SEEDS)('with agents of seed %i', async (seed) => {
    const {
      args,
      mostAgents,
      toldOf,
      finds,
      counted = () => 0,
    } = await (CASES[name] as () => Promise<Case>)();
    const played = await hear(name, args, seed);
    // What a mistake of the script throws is null to it, as a failed agent is, and told in the log alone.
    expect(played.logs.join('\n')).not.toMatch(/TypeError|RangeError|\[\d+\] failed: (?!\[)/);
    expect(played.calls.length).toBeLessThanOrEqual(mostAgents);
    for (const { prompt } of played.calls) expect(prompt).not.toMatch(new RegExp(`^${BREAKOUT}`, 'm'));

    const other = await hear(name, args, seed, { order: seed });
    expect({ ...other, calls: [], heard: [], logs: [], phases: [], error: other.error?.message }).toEqual({
      ...{ ...played, calls: [], heard: [], logs: [], phases: [], error: played.error?.message },
    });

    if (played.status === 'failed') return expect(played.error?.name).toBe('Error');
    const result = played.result as Loose;
    expectPlain(result.report ?? '');
    expect(JSON.stringify(result)).not.toMatch(STEERING);
    const failed = played.heard.filter(hasFailed);
    for (const [phase, told] of Object.entries(toldOf))
      expect(told(result), phase).toBeGreaterThanOrEqual(
        failed.filter(({ call }) => call.phase === phase).length,
      );
    if (counted(result) > 0) return;
    const all = core(JSON.stringify(result));
    const found = played.heard
      .filter((one) => !hasFailed(one))
      .flatMap(({ call, answer }) => finds[call.phase ?? '']?.(answer) ?? []);
    expect(found.filter((words) => !all.includes(core(words).slice(0, 40)))).toEqual([]);
  });

  test('that a cap stops anywhere, ends as capped or says that it was swallowed', async () => {
    const { args } = await (CASES[name] as () => Promise<Case>)();
    const { calls } = await hear(name, args, 3);
    for (const share of [0, 0.1, 0.3, 0.6, 0.99]) {
      const maxAgents = Math.floor(calls.length * share);
      const { status, logs } = await hear(name, args, 3, { maxAgents });
      expect(status === 'capped' || logs.includes('a cap was swallowed')).toBe(true);
    }
  });
});
