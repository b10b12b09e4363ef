import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAgentTranscript } from '../../../../src/journal/claude-run/agent-transcript.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function told(...lines: readonly object[]) {
  const file = path.join(temporaryFolder(), 'agent-a1.jsonl');
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return await readAgentTranscript(file);
}

function asked(content: unknown) {
  return { type: 'user', message: { role: 'user', content } };
}

function said(id: string, output_tokens: number) {
  return {
    type: 'assistant',
    message: { id, model: 'm', content: [], usage: { input_tokens: 1, output_tokens } },
  };
}

const ERROR = {
  type: 'assistant',
  apiErrorStatus: 529,
  message: { id: 'e', model: '<synthetic>', content: [{ type: 'text', text: 'API Error: 529' }] },
};

test('a message told in several lines counts once, with what it came to', async () => {
  const { usage, turns } = await told(asked('p'), said('a', 3), said('a', 9), said('b', 5));
  expect([usage.outputTokens, usage.inputTokens, turns]).toEqual([14, 2, 2]);
});

test('an error is told, unless the agent got over it', async () => {
  expect((await told(asked('p'), said('a', 1), ERROR)).error).toEqual({
    message: 'API Error: 529',
    apiStatus: 529,
  });
  expect((await told(asked('p'), ERROR, said('a', 1))).error).toBeUndefined();
});

test('the prompt is the first thing the user said, below the program’s reminders', async () => {
  const blocks = ['a reminder', 'the prompt'].map((text) => ({ type: 'text', text }));
  expect((await told(asked(blocks), asked('and now?'))).prompt).toBe('the prompt');
});

test('results of tools are no prompt, nor is what follows them', async () => {
  const results = [{ type: 'tool_result', tool_use_id: 't', content: 'x' }];
  expect((await told(asked(results), asked('and now?'))).prompt).toBeUndefined();
});

test('times, folder and version', async () => {
  const line = {
    ...asked('p'),
    timestamp: '2026-11-22T16:38:20.843Z',
    cwd: '/somewhere',
    version: '2.1.330',
  };
  const later = { ...said('a', 1), timestamp: '2026-11-22T16:38:21.843Z', cwd: '/elsewhere' };
  const { firstAt = 0, lastAt = 0, cwd, version } = await told(line, later);
  expect([lastAt - firstAt, cwd, version]).toEqual([1000, '/somewhere', '2.1.330']);
});
