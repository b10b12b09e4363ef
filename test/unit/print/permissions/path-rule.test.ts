import { expect, test } from 'vitest';
import { forbidsPath, grantsPath } from '../../../../src/print/permissions/path-rule.ts';
import { placeOf } from '../../../../src/print/permissions/real-path.ts';
import { parseRule, type Rule } from '../../../../src/print/permissions/rule.ts';

const rule = (text: string, base: string): Rule => {
  const parsed = parseRule(text, base);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

/** A session in `/tree/sub` that stands in for `/main/sub`. */
const ANCHORS = { cwd: '/tree/sub', configRoot: '/main/sub', homeDir: '/home' };

test.each<[string, string, string]>([
  ['Read(/secret/**)', '/tree/sub', 'sub/secret/a'],
  ['Edit(./a.txt)', '/tree/sub', 'sub/a.txt'],
  ['Edit(src/a)', '/anywhere', 'sub/src/a'],
  ['Read(*.pem)', '/anywhere', 'sub/deep/x.pem'],
  ['Read(.)', '/anywhere', 'sub/x'],
  ['Read(/secret)', '/tree', 'secret'],
])('%s of %s forbids %s in both folders', (text, base, file) => {
  for (const folder of ['/tree', '/main', '/other']) {
    const forbids = forbidsPath(rule(text, base), placeOf(`${folder}/${file}`, '/'), ANCHORS);
    expect(forbids).toBe(folder !== '/other');
  }
});

test.each<[string, string, string]>([
  ['Read(/secret)', '/', '/main/sub/secret'],
  ['Read(/secret)', '/home/.claude', '/main/sub/secret'],
  ['Read(~/secret)', '/tree/sub', '/main/sub/secret'],
])('%s of %s does not speak of %s', (text, base, file) => {
  expect(forbidsPath(rule(text, base), placeOf(file, '/'), ANCHORS)).toBe(false);
});

test('what is granted here is not granted there', () => {
  const grants = (file: string): boolean =>
    grantsPath(rule('Edit(/src/**)', '/tree/sub'), placeOf(file, '/'), ANCHORS);
  expect(grants('/tree/sub/src/a')).toBe(true);
  expect(grants('/main/sub/src/a')).toBe(false);
});
