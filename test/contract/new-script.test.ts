/** `andwait new` with our own program and with the real one: a script comes back as a value, and its mistakes are handed back. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../support/fake-messages-api.ts';
import { runAndwait } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type AgentUnderContract, installedClaude, PRINT } from './agent/programs.ts';

const claude = await installedClaude(process.env);
/** Stands for tools that the real program would load later; there is nothing that loads them. */
const PLACEHOLDER = 'DeferredToolPlaceholder';
const SCRIPT =
  "export const meta = { name: 'one', description: 'Asks once' }\nreturn await agent('ECHO:hello')\n";

describe(PRINT.title, () => cases(PRINT));
if (claude.kind === 'absent') {
  process.stderr.write(`\nnew: ${claude.notice}\n`);
  describe.skip(claude.notice, () => cases(PRINT));
} else {
  describe(claude.agent.title, () => cases(claude.agent));
}

function cases({ kind, path: program }: AgentUnderContract): void {
  test('writes, mends, and runs what it wrote', { timeout: 60_000 }, async () => {
    const home = temporaryFolder();
    await using api = await FakeMessagesApi.start();
    const answers = [SCRIPT.replace('await', 'await ('), SCRIPT];
    api.queue(
      reply().tool('StructuredOutput', { script: answers[0] ?? '', args: null }),
      reply().tool('StructuredOutput', { script: answers[1] ?? '', args: null }),
    );
    const { code, stdout, stderr } = await runAndwait({
      argv: ['new', 'ask once', '--yes', '--agent', kind],
      cwd: home,
      homeDir: home,
      env: {
        ...api.env(home),
        ANDWAIT_HOME: `${home}/state`,
        ANDWAIT_POOL_IDLE_SECONDS: '5',
        ...(program === undefined ? {} : { PATH: `${path.dirname(program)}:/usr/bin:/bin` }),
      },
    });
    expect(stderr).toContain('draft 1 is handed back: Unexpected token');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' });
    // It may look at files, and do nothing else.
    const tools = api.requests[0]?.toolNames.filter((name) => name !== PLACEHOLDER);
    expect(tools?.toSorted()).toEqual(['Glob', 'Grep', 'Read', 'StructuredOutput']);
  });
}
