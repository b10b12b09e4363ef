import { expect, test } from 'vitest';
import { NO_SETTINGS } from '../../../../src/print/settings/settings.ts';
import { whyNoWorkflows } from '../../../../src/print/workflows/workflow-offer.ts';
import { asksForUltracode } from '../../../../src/print/workflows/workflow-words.ts';

const OFF = /turned off/;
const NESTED = /agent of a run/;

test.each<[Record<string, string>, boolean | undefined, boolean | undefined, RegExp | undefined]>([
  [{}, undefined, undefined, undefined],
  [{ ANDWAIT_AGENT: '1' }, undefined, undefined, NESTED],
  [{ ANDWAIT_AGENT: '1' }, undefined, false, NESTED],
  [{ ANDWAIT_RUN_ID: 'r', ANDWAIT_CALL: '1', ANDWAIT_LEASE: 'l' }, undefined, undefined, undefined],
  [{ CLAUDE_CODE_DISABLE_WORKFLOWS: '1' }, undefined, undefined, OFF],
  [{ CLAUDE_CODE_DISABLE_WORKFLOWS: '0' }, undefined, undefined, undefined],
  [{ CLAUDE_CODE_DISABLE_WORKFLOWS: '' }, undefined, undefined, undefined],
  [{}, true, undefined, OFF],
  [{}, undefined, true, OFF],
  [{}, true, false, undefined],
  [{ CLAUDE_CODE_DISABLE_WORKFLOWS: '1' }, undefined, false, undefined],
])('%j, own settings %s, managed %s', (env, own, managed, expected) => {
  const said = (isOff: boolean | undefined) => (isOff === undefined ? undefined : { isOff, file: 'f' });
  const workflowsDisabled = { own: said(own), managed: said(managed) };
  const why = whyNoWorkflows(env, { ...NO_SETTINGS, workflowsDisabled });
  if (expected === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(expected);
});

test.each([
  ['ultracode: look', true],
  ['Please UltraCode this.', true],
  ['(ultracode)', true],
  ['ultracoded', false],
  ['my-ultracode-notes', false],
  ['', false],
])('%j', (text, expected) => {
  expect(asksForUltracode(text)).toBe(expected);
});
