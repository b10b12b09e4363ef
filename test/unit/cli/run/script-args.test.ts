import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { scriptArgs } from '../../../../src/cli/run/script-args.ts';
import type { Json } from '../../../../src/core/json.ts';

function argsOf(
  args: string | undefined,
  arg: readonly string[] = [],
  stdin = '',
): Promise<Json | undefined> {
  return scriptArgs(
    { args, arg },
    Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    new AbortController().signal,
  );
}

test.each<[string, Parameters<typeof argsOf>, Json | undefined]>([
  ['none', [undefined], undefined],
  ['an object', ['{"a":1}'], { a: 1 }],
  ['an array', ['[1,2]'], [1, 2]],
  ['a string', ['"text"'], 'text'],
  ['fields are strings', [undefined, ['a=1', 'b=x=y', 'c=']], { a: '1', b: 'x=y', c: '' }],
  ['fields over an object', ['{"a":1,"b":2}', ['a=z']], { a: 'z', b: 2 }],
  ['stdin', ['-', [], '{"from":"stdin"}\n'], { from: 'stdin' }],
])('%s', async (_name, given, expected) => {
  expect(await argsOf(...given)).toEqual(expected);
});

test.each<[string, Parameters<typeof argsOf>, RegExp]>([
  ['no JSON', ['{a:1}'], /--args is not JSON: .*\n {2}received: "\{a:1\}"\n {2}for plain text write --arg/],
  ['empty stdin', ['-'], /stdin \(--args -\) is not JSON/],
  ['fields over an array', ['[1]', ['a=1']], /--arg adds fields to an object, but --args is "\[1\]"/],
  ['a field without =', [undefined, ['a']], /--arg "a": expected k=v/],
  ['a field without a name', [undefined, ['=v']], /--arg "=v": expected k=v/],
])('%s is refused', async (_name, given, message) => {
  await expect(argsOf(...given)).rejects.toThrow(message);
});
