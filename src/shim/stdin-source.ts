/** Where the program's stdin comes from: the caller's own descriptor wherever possible, else what we had to take from it. */
import { openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { StdinSource } from './run-program.ts';
import { hasSpoken, type StdinContent, type TakenPipe } from './stdin-content.ts';

const OWN: StdinSource = { kind: 'descriptor', descriptor: 0 };

export function stdinSource(content: StdinContent, runDir: string, name: string): StdinSource {
  if (content.isSilent && hasSpoken()) return { kind: 'descriptor', descriptor: openSync('/dev/null', 'r') };
  if (content.taken === undefined) return OWN;
  return (
    (content.taken.rest ? undefined : asFile(content.taken.bytes, runDir, name)) ?? asPipe(content.taken)
  );
}

/** A file that nobody else can find: unlike a pipe of Node's, which is a socket, it can be opened as /dev/stdin, too. */
function asFile(bytes: Buffer, runDir: string, name: string): StdinSource | undefined {
  const file = path.join(runDir, `${name}.in`);
  try {
    const descriptor = openSync(file, 'wx+', 0o600);
    unlinkSync(file);
    // At positions of their own, so that the descriptor still stands at the beginning.
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
    return { kind: 'descriptor', descriptor };
  } catch {
    return undefined;
  }
}

function asPipe({ bytes, rest }: TakenPipe): StdinSource {
  return {
    kind: 'fed',
    feed(stdin) {
      // A program that does not read it to its end is its own affair.
      stdin.on('error', () => {});
      stdin.write(bytes);
      if (rest) rest.pipe(stdin);
      else stdin.end();
    },
  };
}
