/** What holds for every bundled workflow: its name, its words, its scenario, and one result whatever order its agents end in. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainScript } from '../../src/script/explain/explain-script.ts';
import { parseScript } from '../../src/script/parse-script.ts';
import { BUNDLED, scenarioOf, WORKFLOWS } from '../support/workflows/bundled.ts';
import { bundledScript, playWorkflow } from '../support/workflows/scripted-workflow.ts';

describe.each(BUNDLED)('%s', (name) => {
  const file = bundledScript(name);

  test('is a valid script of that name, with words for who looks for one', () => {
    const { meta } = parseScript(readFileSync(file, 'utf8'), file);
    expect(meta.name).toBe(name);
    expect(meta.whenToUse).toBeTypeOf('string');
    expect(meta.phases.length).toBeGreaterThan(0);
    expect(meta.phases.filter(({ detail }) => detail === undefined)).toEqual([]);
  });

  test('has a README that says how it is rehearsed', () => {
    const readme = path.join(WORKFLOWS, name, 'README.md');
    expect(existsSync(readme) && readFileSync(readme, 'utf8')).toMatch(/^\$ andwait run \/.*--rehearse/m);
  });

  test('is explained without a warning, as the authoring guide asks of everybody', () => {
    const { warnings } = explainScript(parseScript(readFileSync(file, 'utf8'), file));
    expect(warnings).toEqual([]);
  });

  test('uses what every engine has, and nothing of ours', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/\bURL(?:SearchParams)?\b(?!s)/);
  });

  test.each(['reversed', 1, 2, 3] as const)('comes to the same when answers come %s', async (order) => {
    const { args, answer } = await scenarioOf(name);
    const play = { args, answer: ({ prompt }: { readonly prompt: string }) => answer(prompt) };
    const first = await playWorkflow(name, play);
    expect(first.status).toBe('completed');
    const other = await playWorkflow(name, { ...play, order });
    expect(other.result).toEqual(first.result);
    const prompts = (calls: typeof first.calls) => calls.map(({ prompt }) => prompt).sort();
    expect(prompts(other.calls)).toEqual(prompts(first.calls));
  });

  test('without arguments says what it wants, or does without', async () => {
    const { answer } = await scenarioOf(name);
    const bare = await playWorkflow(name, { answer: ({ prompt }) => answer(prompt) });
    if (bare.status !== 'failed') return;
    expect(bare.calls).toEqual([]);
    expect(bare.error?.message).toMatch(/andwait run \/\w/);
  });

  test('refuses an argument that it does not know, before an agent starts', async () => {
    const { args, answer } = await scenarioOf(name);
    const known = typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {};
    const misspelt = await playWorkflow(name, {
      args: { ...known, nosuchargument: 1 },
      answer: ({ prompt }) => answer(prompt),
    });
    expect(misspelt).toMatchObject({ status: 'failed', calls: [] });
    expect(misspelt.error?.message).toContain('nosuchargument');
  });
});

describe('the table of the README', () => {
  const readme = readFileSync(path.resolve(WORKFLOWS, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| \[`.*?andwait run \/([a-z-]+)(.*?)`\]/gm)].map(
    ([, name = '', text = '']) => [name, text.trim()] as const,
  );
  // Of the others the shell or another program makes what the script is given.
  const withText = rows.filter(([, text]) => !/^--args|\$\(/.test(text));

  test('names every bundled workflow', () => {
    expect(rows.map(([name]) => name).sort()).toEqual([...BUNDLED].sort());
  });

  test.each(withText)('%s %s is a call that its script takes', async (name, text) => {
    const args = text === '' ? {} : { args: text.replaceAll("'", '') };
    const { calls } = await playWorkflow(name, { ...args, answer: () => null });
    expect(calls).not.toEqual([]);
  });
});
