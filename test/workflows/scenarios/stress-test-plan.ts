/** Two lenses, of which one attack is said twice and one lens gives nothing; judges who contradict each other; grafts that are taken. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const ATTEMPTS: Readonly<Record<string, JsonObject | null>> = {
  Order: {
    attacks: [
      { attack: 'The move starts before a copy exists.', severity: 'serious' },
      { attack: 'Nobody tries a restore.', severity: 'minor' },
    ],
    plan: '1. Copy. 2. Try the copy. 3. Move.',
    changes: ['a copy comes first'],
  },
  Failure: {
    attacks: [{ attack: 'the move starts before a copy exists.', severity: 'fatal' }],
    plan: '1. Move at night. 2. Look in the morning.',
    changes: ['it happens at night'],
  },
  Economy: null,
};

const SCORES: Readonly<Record<string, readonly number[]>> = {
  'how likely': [3, 8, 5],
  'how well': [2, 9, 9],
  'how little': [7, 5, 2],
};

/** What is asked is the last line of every prompt. */
function answer(prompt: string): string | JsonObject | null {
  const asked = JSON.parse(prompt.slice(prompt.lastIndexOf('\n') + 1));
  if (prompt.startsWith('Break')) return ATTEMPTS[/alone\. (\w+)/.exec(prompt)?.[1] ?? ''] ?? null;
  if (prompt.startsWith('Score')) {
    const scores = SCORES[/alone: (how \w+)/.exec(prompt)?.[1] ?? ''] ?? [];
    return {
      scores: asked.plans.map(({ id }: { readonly id: number }) => ({
        id,
        score: scores[id - 1] ?? 0,
        why: `plan ${id} is what it is`,
        part: id === 3 ? 'at night' : '',
      })),
    };
  }
  if (prompt.startsWith('Better'))
    return { plan: `${asked.winner} All of it at night.`, parts: [{ from: 3, part: 'at night' }] };
  const first = asked.first.includes('night');
  return {
    better: first ? 'first' : 'second',
    why: 'the night is calm',
    openInFirst: [2],
    openInSecond: [first ? 1 : 2],
  };
}

export const scenario: Scenario = {
  args: {
    plan: '1. Move. 2. Copy.',
    goal: 'Move the archive',
    lenses: 'Order: first things\nFailure: the end\nEconomy: less',
  },
  answer,
};
