/** Two angles that meet in one page: one page is blocked, a search is partly useless, one claim falls and one gets no votes. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { Scenario } from '../../support/workflows/scenario.ts';

const TOWER = 'https://tower.example.org/facts';
const RECORD = 'https://records.example.org/heights?page=2';
const FORUM = 'https://forum.example.org/t/91';

const PAGES: Readonly<Record<string, JsonObject>> = {
  [TOWER]: {
    readable: true,
    problem: '',
    kind: 'primary',
    claims: [
      { claim: 'The tower is 330 m high.', quote: 'Height: 330 m.', importance: 'central' },
      { claim: 'It was 312 m high in 1889.', quote: 'In 1889: 312 m.', importance: 'supporting' },
    ],
  },
  [RECORD]: {
    readable: true,
    problem: '',
    kind: 'secondary',
    claims: [{ claim: 'The tower measures 330 m.', quote: 'Tower | 330 m', importance: 'central' }],
  },
  [FORUM]: { readable: false, problem: 'asks for a login', kind: 'forum', claims: [] },
};

const FOUND: Readonly<Record<string, readonly string[]>> = {
  owner: ['http://TOWER.example.org:80/facts/?utm_source=search#height', 'ftp://tower.example.org/facts'],
  records: [RECORD, `${TOWER}?fbclid=1`, FORUM, 'https://records.example.org/more'],
};

/** What is asked is the last line of every prompt. */
function answer(prompt: string): string | JsonObject | null {
  const asked = JSON.parse(prompt.slice(prompt.lastIndexOf('\n') + 1));
  if (prompt.startsWith('Split')) {
    return {
      angles: [
        { title: 'owner', brief: 'what its owner says' },
        { title: 'records', brief: 'lists' },
      ],
    };
  }
  if (prompt.startsWith('Find')) {
    return {
      searched: true,
      pages: (FOUND[asked.angle] ?? []).map((url) => ({ url, title: `About ${asked.angle}` })),
    };
  }
  if (prompt.startsWith('Read')) return PAGES[/https:\S+/.exec(prompt)?.[0] ?? ''] ?? null;
  if (prompt.startsWith('Which')) return { groups: [[1, 3]] };
  if (prompt.startsWith('Try')) return vote(prompt, asked.claim);
  return 'It is 330 m high [1][2].';
}

/** The old height is refuted by two; of the new one a sceptic has a caveat, and another one fails. */
function vote(prompt: string, claim: string): JsonObject | null {
  if (claim.includes('1889'))
    return { verdict: prompt.includes('counter') ? 'stands' : 'refuted', why: 'it was 300 m' };
  if (prompt.includes('out of date')) return null;
  return prompt.includes('better source')
    ? { verdict: 'qualified', why: 'with antennas' }
    : { verdict: 'stands', why: 'as quoted' };
}

export const scenario: Scenario = {
  args: { question: 'How high is the tower?', angles: 2, sources: 3, claims: 3 },
  answer,
};
