/** The system's chance, read where the system offers it as a file: to load Node's own way to it costs every small call 10 ms. */
import fs from 'node:fs';

const SOURCE = '/dev/urandom';
/** Enough for the names of a small session. */
const BLOCK_BYTES = 4096;

/** From 0 up to but not including 1, as `Math.random`, but not to be guessed. */
export function systemChance(): () => number {
  let block: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at + 4 > block.length) {
      block = randomBlock();
      at = 0;
    }
    const word = block.readUInt32LE(at);
    // What was handed out is known to nobody afterwards.
    block.fill(0, at, at + 4);
    at += 4;
    return word / 2 ** 32;
  };
}

function randomBlock(): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  try {
    const fd = fs.openSync(SOURCE, 'r');
    try {
      if (fs.readSync(fd, block) === BLOCK_BYTES) return block;
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // No such file: Windows, or a root folder without devices.
  }
  return crypto.getRandomValues(block);
}
