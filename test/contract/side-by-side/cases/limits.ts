/** What a session may cost, and what ends it from outside. */
import type { Case, Difference } from '../case.ts';
import { JSON_OUT, SILENCE, STREAM } from './calls.ts';
import { decided, varying } from './decided.ts';

const BASH = ['--allowedTools', 'Bash'] as const;
const ECHO = 'TOOL:Bash {"command":"echo x"}';
const DEAR_TOUCH = 'USAGE:100000 TOOL:Bash {"command":"touch made"}';
const HALF_A_DOLLAR = ['--max-budget-usd', '0.5'] as const;

const BILLED = decided(
  'usage counts what was billed; the real program says 0',
  '1/result#1/usage/input_tokens',
  '1/result#1/usage/output_tokens',
);

export const LIMIT_CASES: readonly Case[] = [
  {
    title: '--max-turns reached, text',
    calls: [{ args: ['-p', ECHO, '--max-turns', '1', ...BASH] }],
  },
  {
    title: '--max-turns reached, stream-json',
    calls: [{ args: ['-p', ECHO, '--max-turns', '1', ...BASH, ...STREAM] }],
  },
  {
    title: '--max-turns not reached',
    calls: [{ args: ['-p', ECHO, '--max-turns', '2', ...BASH, ...JSON_OUT] }],
  },
  {
    title: '--max-budget-usd crossed by an answer',
    calls: [{ args: ['-p', 'USAGE:100000 ECHO:hi', ...HALF_A_DOLLAR, ...JSON_OUT] }],
    differences: BILLED,
  },
  {
    title: '--max-budget-usd crossed by a tool call',
    calls: [{ args: ['-p', DEAR_TOUCH, ...HALF_A_DOLLAR, ...BASH, ...STREAM] }],
    looksAt: ['work/made'],
    differences: [...BILLED, ...varying('a budget is a stop: the tool does not run any more', 'made')],
  },
  {
    title: '--max-budget-usd crossed, text',
    calls: [{ args: ['-p', DEAR_TOUCH, ...HALF_A_DOLLAR, ...BASH] }],
  },
  {
    title: '--max-budget-usd not crossed',
    calls: [{ args: ['-p', 'ECHO:hi', ...HALF_A_DOLLAR, ...JSON_OUT] }],
  },
];

/** After SIGINT the real program ends before its result is out, or not. */
const RESULT_OR_NOT = varying('whoever asked for a result gets one', '1/stdout', '1/events', '1/result#1');

/** Whether a program has read what came just before the signal is chance: so nothing has come. */
const signalled = (
  does: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  form: string,
  flags: readonly string[],
  differences: readonly Difference[] = [],
): Case => ({
  title: `${does} during a request, ${form}`,
  calls: [{ args: ['-p', 'hi', ...flags], replies: [SILENCE], interference: { afterRequests: 1, does } }],
  differences,
});

export const ENDING_CASES: readonly Case[] = [
  signalled('SIGINT', 'stream-json', STREAM, RESULT_OR_NOT),
  signalled('SIGINT', 'json', JSON_OUT, RESULT_OR_NOT),
  signalled('SIGINT', 'text', [], RESULT_OR_NOT),
  signalled('SIGTERM', 'stream-json', STREAM),
  signalled('SIGTERM', 'text', []),
  signalled('SIGHUP', 'stream-json', STREAM),
  {
    title: 'stdout closed early',
    calls: [
      {
        args: ['-p', 'SLEEP:300 ECHO:hi', ...STREAM],
        interference: { afterRequests: 1, does: 'close-stdout' },
      },
    ],
    differences: decided('nobody was told: that is no success', '1/exit'),
  },
];
