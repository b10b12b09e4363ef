/** Fourteen sessions in four batches: one agent fails, one read half, one names a session that is not its own. */
import type { Scenario } from '../../support/workflows/scenario.ts';

const BATCHES = [
  { file: 'session-batches/batch-001.md', digest: 'a1', first: 1, last: 4, inputs: 20, bytes: 4000 },
  { file: 'session-batches/batch-002.md', digest: 'b2', first: 5, last: 8, inputs: 20, bytes: 4000 },
  { file: 'session-batches/batch-003.md', digest: 'c3', first: 9, last: 12, inputs: 20, bytes: 4000 },
  { file: 'session-batches/batch-004.md', digest: 'd4', first: 13, last: 14, inputs: 9, bytes: 2000 },
];

const args = { batches: BATCHES, sessions: 14, inputs: 69, from: '2026-10-01', to: '2026-11-01' };

export const scenario: Scenario = {
  args,
  files: {
    'batches.json': JSON.stringify(args),
    ...Object.fromEntries(
      BATCHES.map(({ file, first, last }) => [file, `## Session ${first}\n\n## Session ${last}\n`]),
    ),
  },
  answer(prompt) {
    const batch = BATCHES.find(({ file }) => prompt.includes(JSON.stringify(file)));
    if (batch !== undefined) return batch.first === 13 ? null : reading(batch);
    if (prompt.includes('"id":"i1"')) return merging(prompt);
    return {
      summary: 'Much time goes into flaky tests.',
      firstSteps: [{ title: 'A command that reruns', why: 'Cheap.' }],
    };
  },
};

function reading({ first, last }: (typeof BATCHES)[number]) {
  const thing = (title: string, sessions: readonly number[]) => ({
    title,
    detail: `${title}, seen`,
    sessions,
  });
  return {
    lastSession: first === 5 ? 6 : last,
    domains: [thing('Web shop', [first, last])],
    painPoints: [
      { ...thing(`Flaky tests (${first})`, [first, first + 1]), severity: 'high' },
      { ...thing(`Invented (${first})`, [99]), severity: 'low' },
    ],
    automations: [{ ...thing(`Rerun command (${first})`, [first]), saves: 'minutes' }],
  };
}

function merging(prompt: string) {
  const ids = [...prompt.matchAll(/"id":"(i\d+)"/g)].map(([, id = '']) => id);
  return { groups: [{ title: 'One of all', detail: 'Told many times.', members: ids }] };
}
