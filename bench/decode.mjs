/** Reading an agent's stream against splitting and JSON.parse alone: many short lines, and few huge ones. */
import { bundled } from './bundle.mjs';
import { median, row } from './measure.mjs';

const TOTAL_BYTES = 200e6;
const CHUNK_BYTES = 64 * 1024;
const ROUNDS = 5;

function stream(lineBytes) {
  const text = 'x'.repeat(lineBytes - 80);
  const line = Buffer.from(
    `${JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text }] } })}\n`,
  );
  return Buffer.concat(
    Array.from({ length: Math.max(1, Math.floor(TOTAL_BYTES / line.length)) }, () => line),
  );
}

/** The floor gathers the pieces of a line, joins them once and parses: no checks, no limits, no bad lines. */
function bare(bytes) {
  let parts = [];
  let count = 0;
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    let chunk = bytes.subarray(at, at + CHUNK_BYTES);
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
      const head = chunk.subarray(0, end);
      const line = parts.length === 0 ? head : Buffer.concat([...parts, head]);
      parts = [];
      JSON.parse(line.toString('utf8'));
      count += 1;
      chunk = chunk.subarray(end + 1);
    }
    if (chunk.length > 0) parts.push(chunk);
  }
  return count;
}

function seconds(work) {
  const began = performance.now();
  const count = work();
  return { count, took: performance.now() - began };
}

export async function benchDecode(dir) {
  const { StreamItemReader } = await bundled('src/wire/events/stream-item.ts', dir);
  const ours = (bytes) => {
    let count = 0;
    const decoder = new StreamItemReader((item) => {
      if (item.kind === 'event') count += 1;
    });
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) decoder.push(bytes.subarray(at, at + CHUNK_BYTES));
    decoder.end();
    return count;
  };
  for (const [name, lineBytes] of [
    ['2 KB', 2_000],
    ['12 MB', 12_000_000],
  ]) {
    const bytes = stream(lineBytes);
    const ratios = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const floor = seconds(() => bare(bytes));
      const measured = seconds(() => ours(bytes));
      if (floor.count !== measured.count)
        throw new Error(`${measured.count} events, expected ${floor.count}`);
      ratios.push(floor.took / measured.took);
    }
    row(
      `decode 200 MB of ${name} lines: speed, to splitting and JSON.parse`,
      median(ratios).toFixed(2),
      'aim 0.8',
    );
  }
}
