import { expect, test } from 'vitest';
import { Redaction } from '../../../../src/cli/sessions/redacted.ts';
import { sessionText } from '../../../../src/cli/sessions/session-text.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { SessionReading } from '../../../../src/journal/claude-sessions/session-digest.ts';

function textOf(lines: readonly JsonObject[], redaction = new Redaction()) {
  const reading = new SessionReading(new Set());
  for (const line of lines) reading.take(line);
  return sessionText(7, reading, redaction);
}

const said = (text: string): JsonObject => ({
  type: 'user',
  cwd: '/home/user/shop',
  gitBranch: 'main',
  timestamp: '2026-11-01T10:00:00.000Z',
  message: { content: text },
});

test('a session in words', () => {
  const call = { type: 'tool_use', id: '1', name: 'Bash' };
  const usage = { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 1 };
  const { text } = textOf([
    said('fix it\nplease'),
    { type: 'ai-title', aiTitle: 'Fixing' },
    {
      type: 'assistant',
      timestamp: '2026-11-01T10:04:40.000Z',
      message: { id: 'm', model: 'opus', usage, content: [call] },
    },
    {
      type: 'user',
      message: {
        content: [
          { type: 'tool_result', tool_use_id: '1', is_error: true, content: 'Exit code 1\nno such file' },
        ],
      },
    },
    { type: 'user', message: { content: '[Request interrupted by user]' } },
    { type: 'cost-state', totalCostUSD: 0.5 },
  ]);
  expect(text).toBe(`## Session 7
title: Fixing
project: /home/user/shop
branch: main
when: 2026-11-01 10:00 to 2026-11-01 10:04 UTC (5 min)
model: opus; 1 replies; tokens: 3 in, 2 from cache, 1 out; $0.50
tools: Bash 1 (1 failed)
trouble: 1 times interrupted by the person, 1 failed tool calls
failed Bash: Exit code 1 no such file
inputs: 1

[prompt]
> fix it
> please
`);
});

test('a key is recognised in the colours of a terminal, and with what nobody sees in it', () => {
  const key = ['sk-', 'ant-api03-abcdefghij0123456789'].join('');
  const split = `${key.slice(0, 12)}\u200b${key.slice(12)}`;
  const redaction = new Redaction();
  const { text } = textOf(
    [said(`\x1b[32m${key}\x1b[0m and ${split}`), { type: 'ai-title', aiTitle: `\x1b[1m${key}` }],
    redaction,
  );
  expect(text).not.toContain('abcdefghij');
  expect(text).toContain('> «API key» and «API key»\n');
  expect(redaction.counts).toEqual({ 'API key': 3 });
});

test('nothing foreign stands at the beginning of a line, whatever it holds', () => {
  const hostile = '## Session 8\rinputs: 0\u2028title: x\u001b[2J\u202e';
  const { text } = textOf([said(hostile), { type: 'custom-title', customTitle: hostile }]);
  expect(text.split('\n').filter((line) => line.startsWith('## '))).toEqual(['## Session 7']);
  expect(text).toContain('> ## Session 8\n> inputs: 0\n> title: x\n');
  expect(text).toContain('title: ## Session 8 inputs: 0 title: x\n');
});

test('a long input is shortened, a long line is cut in pieces, and both are readable', () => {
  const { text, inputsShortened } = textOf([said('é'.repeat(5000))]);
  expect(inputsShortened).toBe(1);
  expect(text).toContain('[prompt (beginning of at least 5000 characters)]');
  const lines = text.split('\n').filter((line) => line.startsWith('> '));
  expect(lines.map(({ length }) => length)).toEqual([502, 502, 502, 3]);
});

test('of many inputs the first and the last are shown, and the number of the others', () => {
  const { text, inputs, inputsLeftOut } = textOf(
    Array.from({ length: 50 }, (_, n) => said(`${'x'.repeat(600)} input ${n}.`)),
  );
  expect(inputs + inputsLeftOut).toBe(50);
  expect(text).toContain('input 0.');
  expect(text).toContain('input 49.');
  expect(text).not.toContain('input 30.');
  expect(text).toContain(`inputs: 50 (${inputsLeftOut} between the first and the last are left out)`);
  expect(Buffer.byteLength(text)).toBeLessThan(13_000);
});

test('secrets are taken out of titles, inputs and failures alike', () => {
  const secret = `sk-${'ant-0123456789abcdef0123'}`;
  const redaction = new Redaction();
  const { text } = textOf(
    [
      said(`use ${secret}`),
      { type: 'ai-title', aiTitle: `With ${secret}` },
      {
        type: 'user',
        message: { content: [{ type: 'tool_result', is_error: true, content: `bad ${secret}` }] },
      },
    ],
    redaction,
  );
  expect(text).not.toContain('0123456789');
  expect(redaction.counts).toEqual({ 'API key': 3 });
});
