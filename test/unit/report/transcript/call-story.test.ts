import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { CallStoryFold } from '../../../../src/report/transcript/call-story.ts';
import { gives, says, uses } from '../../../support/runs/page-runs.ts';

function storyOf(maxCharacters: number, events: readonly JsonObject[]) {
  const fold = new CallStoryFold(maxCharacters);
  for (const event of events) fold.add({ kind: 'event', event });
  return fold.story(false);
}

const PROMPT = { type: 'andwait/call', call: 1, label: 'x', prompt: 'Find bugs.\nAll of them.' };

test('prompt, steps and tools of a call', () => {
  const story = storyOf(10_000, [
    PROMPT,
    { type: 'system', subtype: 'init', model: 'm' },
    says('I look.'),
    uses('1', 'Bash', { command: 'ls' }),
    gives('1', 'a\nb'),
    { ...uses('2', 'Bash', { command: 'rm' }), parent_tool_use_id: 'x' },
    { type: 'result', is_error: false, result: 'I look.' },
  ]);
  expect(story).toMatchObject({
    prompt: 'Find bugs.\nAll of them.',
    promptCharacters: 23,
    stepsBetween: 0,
    lastSteps: [],
    isBeginning: false,
  });
  expect(story.firstSteps).toEqual([
    { label: 'text', lines: ['I look.'], ofSubagent: false },
    { label: 'tool', lines: ['Bash: ls'], ofSubagent: false },
    { label: 'result', lines: ['Bash: a', 'b'], ofSubagent: false },
    { label: 'tool', lines: ['Bash: rm'], ofSubagent: true },
  ]);
  expect([...story.tools]).toEqual([['Bash', 2]]);
});

test('without a prompt on record', () => {
  expect(storyOf(100, [says('hi')]).prompt).toBeUndefined();
});

describe('a story that is longer than is kept', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => says(`step ${at}`));
  const story = storyOf(2_000, [...many, says('the end')]);
  const kept = [...story.firstSteps, ...story.lastSteps];

  test('has its beginning and its end, and counts what is between', () => {
    expect(story.firstSteps[0]?.lines).toEqual(['step 0']);
    expect(story.lastSteps.at(-1)?.lines).toEqual(['the end']);
    expect(kept.length + story.stepsBetween).toBe(20_001);
  });

  test('keeps at most twice what it may', () => {
    expect(kept.flatMap(({ lines }) => lines).join('').length).toBeLessThan(4_000);
  });

  test('cuts a prompt and a single endless step', () => {
    const endless = storyOf(1_000, [{ ...PROMPT, prompt: 'p'.repeat(5_000) }, says('x'.repeat(1_000_000))]);
    expect(endless.prompt).toHaveLength(1_000);
    expect(endless.promptCharacters).toBe(5_000);
    const [step] = [...endless.firstSteps, ...endless.lastSteps];
    expect(step?.lines.at(-1)).toBe('…');
    expect(step?.lines.join('').length).toBeLessThan(600);
  });

  test('is not filled by names of tools', () => {
    const names = Array.from({ length: 5_000 }, (_, at) => uses(`${at}`, `tool-${at}`, {}));
    expect(storyOf(1_000, names).tools.size).toBe(100);
  });
});
