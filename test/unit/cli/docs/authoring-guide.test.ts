/** The guide that people, agents and `andwait new` write by: what it shows must pass the gate, and be what it preaches. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAX_SCRIPT_BYTES } from '../../../../src/script/decode-script.ts';
import { explainScript } from '../../../../src/script/explain/explain-script.ts';
import { parseScript } from '../../../../src/script/parse-script.ts';
import { scriptsOfGuide } from '../../../support/documents/authoring-guide.ts';

const { whole, parts } = scriptsOfGuide();

test('it shows whole scripts, and parts of some', () => {
  expect(whole.length).toBeGreaterThan(0);
  expect(parts.length).toBeGreaterThan(3);
});

describe('each block passes the gate, and is explained without a warning', () => {
  test.each([...whole, ...parts])('line $line', ({ text, line }) => {
    const script = parseScript(text, `authoring.md:${line}`);
    const { warnings } = explainScript(script);
    // A part of a script need not call anybody.
    expect(warnings.filter(({ message }) => !message.startsWith('it calls no agent()'))).toEqual([]);
  });
});

test('says the limits that hold', () => {
  const guide = readFileSync(
    path.resolve(import.meta.dirname, '../../../../docs/guides/authoring.md'),
    'utf8',
  );
  expect(guide).toContain(`at most ${MAX_SCRIPT_BYTES / 1024} KiB`);
});
