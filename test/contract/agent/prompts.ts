/** A prompt reaches the model as the script wrote it, byte for byte, whatever the agent program makes of its input. */
import { expect, test } from 'vitest';
import { ContractRun } from './contract-run.ts';
import type { AgentUnderContract } from './programs.ts';

/** With what the model gets, where that is not the prompt itself. */
const PROMPTS: readonly { readonly prompt: string; readonly atTheModel?: string }[] = [
  { prompt: 'one line' },
  { prompt: '\n  a\tb  \r\n\n\u{1F600} \u2028 \u0085 é e\u0301 \u202E \uFFFD "\\n" $HOME `x`\n \n' },
  // The name of a command of the program's own: one line feed before it keeps it a prompt.
  { prompt: '/compact everything', atTheModel: '\n/compact everything' },
  { prompt: '/', atTheModel: '\n/' },
  { prompt: '--version' },
  { prompt: '!ls, #note and @nowhere.txt' },
  { prompt: '' },
  { prompt: ' \t\n ' },
];

const ONE_MEGABYTE = 'twelve bytes\u00e9\n'.repeat(70_000);

export function promptCases(agent: AgentUnderContract): void {
  test('byte for byte', async () => {
    const contract = await ContractRun.open(agent);
    const prompts = PROMPTS.map(({ prompt }) => prompt);
    const { result, code } = await contract.run(
      'for (const prompt of args.prompts) await agent(prompt)',
      [],
      { prompts },
    );
    const asked = contract.api.requests.map((request) => request.prompt);
    expect(asked).toEqual(PROMPTS.map(({ prompt, atTheModel }) => atTheModel ?? prompt));
    expect(result.calls).toMatchObject({ total: prompts.length, done: prompts.length });
    expect(code).toBe(0);
  });

  test('one megabyte', async () => {
    const contract = await ContractRun.open(agent);
    const { result } = await contract.run('return (await agent(args.prompt)).length', [], {
      prompt: ONE_MEGABYTE,
    });
    // Compared here: a difference of a megabyte is nothing to print.
    expect(contract.api.requests[0]?.prompt === ONE_MEGABYTE).toBe(true);
    expect(result.result).toBe('echo: '.length + ONE_MEGABYTE.length);
  });
}
