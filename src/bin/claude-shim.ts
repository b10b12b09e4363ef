import { claudeShimMain } from '../shim/main.ts';
import { endAs } from './end-as.ts';
import { nodeProgram } from './node-program.ts';

const onSignal = (signal: NodeJS.Signals, listener: () => void) => {
  const earlier = process.listeners(signal);
  process.on(signal, listener);
  for (const other of earlier) process.off(signal, other);
  return () => void process.off(signal, listener);
};
// To load anything better would cost every call two milliseconds, and only names are drawn.
const { random } = Math;
const more = { onSignal, random, nodeVersion: process.versions.node };
void claudeShimMain(Object.assign(nodeProgram(import.meta.url), more)).then(endAs);
