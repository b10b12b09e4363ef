/** A prompt reaches the model as the script wrote it, byte for byte, whatever the agent program makes of its input. */
import { expect, test } from 'vitest';
import { ContractRun } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

const ONE_MEGABYTE = 'twelve bytes\u00e9\n'.repeat(70_000);

/** What the model gets instead, where it is not the prompt itself. */
const CASES: readonly (readonly [name: string, prompt: string, atTheModel?: string])[] = [
  ['one line', 'ECHO:hello'],
  [
    'lines, spaces and all of Unicode',
    '\n  a\tb  \r\n\n\u{1F600} \u2028 \u0085 é e\u0301 \u202E \uFFFD "\\n" $HOME `x`\n \n',
  ],
  ['the name of a command of the program', '/compact everything', '\n/compact everything'],
  ['a slash alone', '/', '\n/'],
  ['words that look like a flag', '--version'],
  ['words that look like a mention of a file', 'see @/etc/hostname and #note and !ls'],
  ['nothing', ''],
  ['white space alone', ' \t\n '],
  ['one megabyte', ONE_MEGABYTE],
];

export function promptCases(agent: AgentUnderContract): void {
  test.each(CASES)('%s', async (_name, prompt, atTheModel = prompt) => {
    const contract = await ContractRun.open(agent);
    const { code, result } = await contract.run('return await agent(args.prompt)', [], { prompt });
    const { requests } = contract.api;
    expect(requests.length).toBe(1);
    expect(requests[0]?.prompt === atTheModel || requests[0]?.prompt).toBe(true);
    expect(result).toMatchObject({ status: 'completed', calls: { total: 1, done: 1 } });
    expect(code).toBe(0);
  });
}
