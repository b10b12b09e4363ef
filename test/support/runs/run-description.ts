/** A whole `run.json` for tests that care about one field of it, or none. */
import type { RunDescription } from '../../../src/journal/run-folder.ts';

export const DESCRIPTION: RunDescription = {
  format: 1,
  version: '0.1.0',
  runId: 'r',
  kind: 'workflow',
  name: 'test',
  description: 'a run of a test',
  scriptPath: '/home/user/w.js',
  args: undefined,
  cwd: '/home/user',
  options: {
    caps: { concurrency: 2, agents: 1000, outputTokens: null },
    agent: 'claude',
    rehearse: false,
    model: undefined,
    effort: undefined,
    modelFor: {},
    permissionMode: 'acceptEdits',
    allowedTools: [],
    timeoutMs: null,
  },
  startedAt: 0,
};
