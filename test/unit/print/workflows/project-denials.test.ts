import { expect, test } from 'vitest';
import type { PermissionMode } from '../../../../src/print/flags/flag-table.ts';
import { parseRule, type Rule } from '../../../../src/print/permissions/rule.ts';
import { projectDenials } from '../../../../src/print/workflows/project-denials.ts';

const rule = (text: string, base = '/p'): Rule => {
  const parsed = parseRule(text, base);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

function denials(
  deny: readonly Rule[],
  ask: readonly Rule[] = [],
  mode: PermissionMode = 'default',
): string[] {
  return projectDenials({ allow: [rule('Read')], deny, ask }, '/p', mode);
}

test.each<[string, string[]]>([
  ['Bash(git push *)', ['Bash(git push *)']],
  ['WebFetch', ['WebFetch']],
  ['Read(/secret/**)', ['Read(/secret/**)', 'Read(//p/secret/**)']],
  ['Edit(./a.txt)', ['Edit(./a.txt)', 'Edit(//p/a.txt)']],
  ['Edit(src/a)', ['Edit(src/a)', 'Edit(//p/src/a)']],
  ['Read(*.pem)', ['Read(*.pem)', 'Read(//p/**/*.pem)']],
  ['Read(keys/)', ['Read(keys/)', 'Read(//p/**/keys/)']],
  ['Read(.)', ['Read(.)', 'Read(//p/**)']],
  ['Read(~/.x)', ['Read(~/.x)']],
  ['Read(//etc/**)', ['Read(//etc/**)']],
])('%s', (text, expected) => {
  expect(denials([rule(text)])).toEqual(expected);
});

test('what would be asked about is denied, as far as the mode asks', () => {
  const ask = [rule('Edit(a/b)'), rule('Bash')];
  expect(denials([], ask)).toEqual(['Edit(a/b)', 'Edit(//p/a/b)', 'Bash']);
  expect(denials([], ask, 'bypassPermissions')).toEqual(['Bash']);
});

test('settings that every agent reads by itself say it there', () => {
  expect(denials([rule('Read(/x)', '/home/.claude')])).toEqual([]);
});
