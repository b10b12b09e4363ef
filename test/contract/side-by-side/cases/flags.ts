/** What is said of a command line that cannot be run, or only just. */
import type { Case } from '../case.ts';
import { one } from './calls.ts';
import { decided } from './decided.ts';

export const FLAG_CASES: readonly Case[] = [
  { title: 'an unknown flag', ...one('-p', 'hi', '--nonsense') },
  { title: 'an unknown flag near a known one', ...one('-p', 'hi', '--output-forma', 'json') },
  { title: 'a bad output format', ...one('-p', 'hi', '--output-format', 'xml') },
  { title: 'a bad input format', ...one('-p', 'hi', '--input-format', 'xml') },
  { title: 'a bad permission mode', ...one('-p', 'hi', '--permission-mode', 'yolo') },
  { title: 'no value', ...one('-p', 'hi', '--model') },
  { title: 'a bad number of turns', ...one('-p', 'hi', '--max-turns', 'many') },
  { title: 'no turns', ...one('-p', 'hi', '--max-turns', '0') },
  { title: 'a bad budget', ...one('-p', 'hi', '--max-budget-usd', '-1') },
  { title: 'a bad effort', ...one('-p', 'ECHO:hi', '--effort', 'huge') },
  { title: 'a context that is none', ...one('-p', 'hi', '--autocompact', 'huge') },
  { title: 'a context that is too small', ...one('-p', 'hi', '--autocompact', '99') },
  { title: 'a context', ...one('-p', 'ECHO:hi', '--autocompact', '150k') },
  { title: 'a bad way to think', ...one('-p', 'hi', '--thinking', 'hard') },
  { title: 'thinking switched off', ...one('-p', 'ECHO:hi', '--thinking', 'disabled') },
  { title: 'a bad setting source', ...one('-p', 'hi', '--setting-sources', 'everywhere') },
  { title: 'settings that are no JSON', ...one('-p', 'hi', '--settings', '{') },
  { title: 'a settings file that is not there', ...one('-p', 'hi', '--settings', '{cwd}/none.json') },
  { title: 'a session id that is none', ...one('-p', 'hi', '--session-id', 'x') },
  { title: 'stream-json in without stream-json out', ...one('-p', '--input-format', 'stream-json') },
  { title: '--replay-user-messages without streams', ...one('-p', 'hi', '--replay-user-messages') },
  {
    title: 'an unknown agent',
    ...one('-p', 'hi', '--agent', 'nobody'),
    differences: decided('only the agent types that there are here', '1/stderr'),
  },
  {
    title: 'a system prompt, and a file of one that is not there',
    ...one('-p', 'hi', '--system-prompt', 'a', '--system-prompt-file', '{cwd}/b'),
  },
  {
    title: 'a system prompt file that is not there',
    ...one('-p', 'hi', '--system-prompt-file', '{cwd}/none'),
  },
  { title: '--fork-session with nothing to fork', ...one('-p', 'ECHO:hi', '--fork-session') },
  {
    title: 'an MCP configuration that is no JSON',
    ...one('-p', 'hi', '--mcp-config', '{'),
    differences: decided('the real program takes it for the name of a file', '1/stderr'),
  },
  {
    title: 'agents that are no JSON',
    ...one('-p', 'ECHO:hi', '--agents', '{'),
    differences: decided('what JSON.parse says differs with the engine', '1/stderr'),
  },
];
