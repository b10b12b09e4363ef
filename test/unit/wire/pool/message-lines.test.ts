import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { readMessages } from '../../../../src/wire/pool/message-lines.ts';

async function told(...chunks: readonly (string | Buffer)[]): Promise<unknown[]> {
  const stream = new PassThrough();
  const all: unknown[] = [];
  readMessages(stream, {
    message: (message) => all.push(message),
    malformed: (quote) => all.push(quote),
  });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return all;
}

test('a line is a message, however the chunks cut it', async () => {
  const bytes = Buffer.from('{"type":"a","text":"ü"}\n{"type":"b"}\n');
  const at = bytes.indexOf(0xc3) + 1;
  expect(await told(bytes.subarray(0, at), bytes.subarray(at))).toEqual([
    { type: 'a', text: 'ü' },
    { type: 'b' },
  ]);
});

test.each(['nonsense', '[1]', 'null', '"type"', '{"kind":"x"}', '{"type":1}'])(
  '%s is told as malformed, and the next line is read',
  async (line) => {
    expect(await told(`${line}\n{"type":"b"}\n`)).toEqual([line, { type: 'b' }]);
  },
);

test('a malformed line is quoted by its beginning alone', async () => {
  const [quote] = await told(`${'x'.repeat(5000)}\n`);
  expect(String(quote)).toHaveLength(200);
});

test('a last line that was cut off is no message', async () => {
  expect(await told('{"type":"a"}\n{"type":"b"}')).toEqual([{ type: 'a' }]);
});
