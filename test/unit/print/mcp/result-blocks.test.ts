import { expect, test } from 'vitest';
import { resultBlocks } from '../../../../src/print/mcp/result-blocks.ts';
import { MAX_IMAGE_BYTES } from '../../../../src/print/tools/files/media-type.ts';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const PNG = '\x89PNG\r\n\x1a\n';

test('a picture goes to the API as what its bytes are', () => {
  expect(resultBlocks([{ type: 'image', data: base64(PNG), mimeType: 'image/jpeg' }])).toEqual([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(PNG) } },
  ]);
});

test.each([
  [
    { type: 'image', data: base64('<svg/>'), mimeType: 'image/svg+xml' },
    '[image of 6 bytes (image/svg+xml), which cannot be shown]',
  ],
  [
    { type: 'image', data: base64('%PDF-1.7'), mimeType: 'image/png' },
    '[image of 8 bytes (image/png), which cannot be shown]',
  ],
  [
    { type: 'audio', data: base64('abc'), mimeType: 'audio/mp3' },
    '[audio of 3 bytes (audio/mp3), which cannot be shown]',
  ],
  [
    { type: 'resource', resource: { uri: 'x:y', blob: base64('abc') } },
    '[resource of 3 bytes (no type given), which cannot be shown]',
  ],
  [
    { type: 'resource', resource: { uri: 'x:y', text: 'words' } },
    '{"type":"resource","resource":{"uri":"x:y","text":"words"}}',
  ],
  [{ type: 'text', text: '' }, '(empty)'],
  [{ type: 'strange', text: 5 }, '{"type":"strange","text":5}'],
])('%j is told in words', (part, text) => {
  expect(resultBlocks([part])).toEqual([{ type: 'text', text }]);
});

test('a picture that is too large, and a text that is too long', () => {
  const large = base64(PNG + 'x'.repeat(MAX_IMAGE_BYTES));
  expect(resultBlocks([{ type: 'image', data: large, mimeType: 'image/png' }])).toEqual([
    { type: 'text', text: expect.stringContaining('which cannot be shown') },
  ]);
  const [block] = resultBlocks([{ type: 'text', text: 'x'.repeat(100_010) }]);
  expect(block?.['text']).toMatch(/^x{100000}\n… \(10 more characters are left out\)$/);
});

test('what is no list of parts is nothing', () => {
  expect(resultBlocks(undefined)).toEqual([]);
  expect(resultBlocks(['x', null])).toEqual([]);
});
