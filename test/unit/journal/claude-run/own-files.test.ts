import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readOwnBytes } from '../../../../src/journal/claude-run/own-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a file that grows while it is read has the end that it had', async () => {
  const file = path.join(temporaryFolder(), 'log.jsonl');
  writeFileSync(file, 'a'.repeat(200_000));
  let bytes = 0;
  for await (const chunk of readOwnBytes(file)) {
    bytes += chunk.length;
    if (bytes < 1_000_000) appendFileSync(file, 'b'.repeat(100_000));
  }
  expect(bytes).toBe(200_000);
});
