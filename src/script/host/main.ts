/** The script's process from inside: reads one line, lets everything it sets off run dry, answers, and reads the next. */
import { Buffer } from 'node:buffer';
import { readSync, writeSync } from 'node:fs';
import { wallLine } from '../wall-line.ts';
import { dropAuthority } from './drop-authority.ts';
import { LineReader } from './line-reader.ts';
import { Realms } from './realms.ts';

/** What the program hands in, taken from the real world before it is taken away. */
export interface HostWorld {
  readonly process: NodeJS.Process;
  readonly global: typeof globalThis;
  readonly setImmediate: (callback: () => void) => void;
  readonly monotonicMs: () => number;
}

const STDIN = 0;
const STDOUT = 1;
/** Answers are gathered while more lines wait, but not for long: somebody may be waiting for them. */
const GATHER_MS = 20;
const GATHER_CHARS = 64 * 1024;
const OUR_BUG = 70;

export function scriptHostMain({ process, global, setImmediate, monotonicMs }: HostWorld): void {
  const exit = process.exit.bind(process);
  // Whatever reaches this is the script's object or our bug; to print it would be to run its code out here.
  process.setUncaughtExceptionCaptureCallback(() => exit(OUR_BUG));
  dropAuthority(process, global);
  const lines = new LineReader((buffer) => readSync(STDIN, buffer));
  const realms = new Realms();
  let handled = 0;
  let gathered = '';
  let lastWriteMs = monotonicMs();

  // Blocking is right: between two lines nothing here has anything to do, and a full pipe slows a flood down.
  const write = () => {
    const bytes = Buffer.from(`${gathered}${wallLine('idle', 0, handled)}`);
    for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at);
    gathered = '';
    lastWriteMs = monotonicMs();
  };
  const turn = () => {
    const line = lines.next();
    if (line === undefined) exit(0);
    else realms.handle(line);
    handled += 1;
    // Every microtask that the line set off runs before the next turn of the event loop.
    setImmediate(settled);
  };
  const settled = () => {
    gathered += realms.drain();
    const isDue = gathered.length > GATHER_CHARS || monotonicMs() - lastWriteMs > GATHER_MS;
    if (isDue || !lines.hasNext()) write();
    turn();
  };
  gathered = wallLine('ready', 0, 0);
  write();
  turn();
}
