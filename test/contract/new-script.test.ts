/** `andwait new` with our own program and with the real one: a script comes back as a value, and its mistakes are handed back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeMessagesApi, reply } from '../support/api/fake-messages-api.ts';
import { runAndwait } from '../support/programs/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type AgentUnderContract, PRINT } from './agent/programs.ts';
import { describeReal } from './agent/real-program.ts';

/** Stands for tools that the real program would load later; there is nothing that loads them. */
const PLACEHOLDER = 'DeferredToolPlaceholder';
const SCRIPT =
  "export const meta = { name: 'one', description: 'Asks once' }\nreturn await agent('ECHO:hello')\n";

describe(PRINT.title, () => cases(PRINT));
await describeReal('new', cases);

function cases({ kind, path: program }: AgentUnderContract): void {
  const environment = (api: FakeMessagesApi, home: string) => ({
    ...api.env(home),
    ANDWAIT_HOME: `${home}/state`,
    ANDWAIT_POOL_IDLE_SECONDS: '5',
    ...(program === undefined ? {} : { PATH: `${path.dirname(program)}:/usr/bin:/bin` }),
  });

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
      env: environment(api, home),
    });
    expect(stderr).toContain('draft 1 is handed back: Unexpected token');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' });
    // It may look at files, and do nothing else.
    const tools = api.requests[0]?.toolNames.filter((name) => name !== PLACEHOLDER);
    expect(tools?.toSorted()).toEqual(['Glob', 'Grep', 'Read', 'StructuredOutput']);
  });

  test('reads what is in its folder, and nothing besides', { timeout: 60_000 }, async () => {
    const home = temporaryFolder();
    const cwd = path.join(home, 'project');
    mkdirSync(cwd);
    writeFileSync(path.join(cwd, 'inside.txt'), 'WITHIN-the-folder\n');
    writeFileSync(path.join(home, 'outside.txt'), 'BEYOND-the-folder\n');
    await using api = await FakeMessagesApi.start();
    api.queue(
      reply().tool('Read', { file_path: path.join(cwd, 'inside.txt') }),
      reply().tool('Read', { file_path: path.join(home, 'outside.txt') }),
      reply().tool('Grep', { pattern: 'BEYOND', path: home, output_mode: 'content' }),
      reply().tool('StructuredOutput', { script: SCRIPT, args: null }),
    );
    const { code, stderr } = await runAndwait({
      argv: ['new', 'ask once', '--agent', kind],
      cwd,
      homeDir: home,
      env: environment(api, home),
    });
    expect(code, stderr).toBe(0);
    const told = JSON.stringify(api.requests.at(-1));
    expect(told).toContain('WITHIN-the-folder');
    expect(told).not.toContain('BEYOND-the-folder');
  });
}
