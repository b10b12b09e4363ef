/** Packs in pieces: whole or not there, and each its owner's alone. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { KeptPacks, PIECE_BYTES } from '../../../../src/queue/packs/kept-packs.ts';
import { PATIENCE_MS, patientPieces } from '../../../../src/queue/packs/patient-pieces.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeServer } from '../../../support/queue/fake-engine.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function stage(bytes = Buffer.from('a pack')) {
  const server = new FakeServer();
  const { pieces } = server.connect();
  const file = path.join(temporaryFolder(), 'pack');
  writeFileSync(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { server, pieces, packs: new KeptPacks(pieces), file, pack: { sha256, bytes: bytes.length } };
}

async function brought(packs: KeptPacks, owner: string, pack: { sha256: string; bytes: number }) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packs.bring(owner, pack)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a large one goes in pieces and comes as it went', async () => {
  const bytes = Buffer.alloc(2 * PIECE_BYTES + 3, 'abcdefg');
  const { server, packs, file, pack } = stage(bytes);
  expect(await packs.isKept('r', pack)).toBe(false);
  await packs.send('r', pack, file);
  expect([...server.pieces.values()].map(({ length }) => length)).toEqual([PIECE_BYTES, PIECE_BYTES, 3]);
  expect(await packs.isKept('r', pack)).toBe(true);
  expect((await brought(packs, 'r', pack)).equals(bytes)).toBe(true);
  const [first = '', second = '', third = ''] = server.pieces.keys();
  for (const end of [first, third]) {
    const piece = server.pieces.get(end) ?? bytes;
    server.pieces.delete(end);
    expect(await packs.isKept('r', pack)).toBe(false);
    server.pieces.set(end, piece);
  }
  server.pieces.delete(second);
  await expect(brought(packs, 'r', pack)).rejects.toThrow(`pack ${pack.sha256} is not in the queue any more`);
  expect(first).toMatch(/^[0-9a-f]{40}-0$/);
  await packs.forget('r', pack);
  expect(server.pieces.size).toBe(0);
});

test('who forgets its own leaves another one’s, whose bytes are the same', async () => {
  const { packs, file, pack } = stage();
  await packs.send('one', pack, file);
  await packs.send('two', pack, file);
  await packs.forget('one', pack);
  expect([await packs.isKept('one', pack), await packs.isKept('two', pack)]).toEqual([false, true]);
});

test('a store whose server is away is asked again, for a time', async () => {
  const { server, pieces } = stage();
  const clock = new ManualClock();
  const wanted = new AbortController();
  const patient = patientPieces(pieces, clock, wanted.signal);
  server.isAway = true;
  const kept = patient.keep('a', Buffer.from('x'));
  await clock.timerSet(1000);
  server.isAway = false;
  clock.advance(1000);
  await kept;
  server.isAway = true;
  const inVain = patient.fetch('a').catch((error: Error) => error.message);
  expect(await clock.runUntil(inVain, PATIENCE_MS + 1000)).toBe('connect ECONNREFUSED');
  const unwanted = patient.fetch('a').catch((error: Error) => error.message);
  wanted.abort();
  expect(await unwanted).toBe('connect ECONNREFUSED');
});
