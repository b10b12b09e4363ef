/** How the figures are taken: whole processes, CPU as the kernel counts it, medians of several rounds. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The kernel counts CPU of ended children in ticks of 10 ms, grandchildren they waited for included. */
const TICK_MS = 10;

export function childrenCpuMs() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** Runs one command to its end and says what it took. A command that fails has no figure. */
export async function timed(file, args, options = {}) {
  const cpuBefore = childrenCpuMs();
  const began = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return { wallMs: performance.now() - began, cpuMs: childrenCpuMs() - cpuBefore };
}

/**
 * Each way in turn, round after round, so that a machine that slows down slows all of them; medians of each figure, but of
 * CPU the mean: a call of 70 ms is counted in ticks of 10, and only many of them together tell it finer.
 */
export async function inTurn(rounds, ways) {
  const figures = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) figures[name].push(await way());
  }
  return Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, medians(all)]));
}

function medians(all) {
  return Object.fromEntries(
    Object.keys(all[0]).map((figure) => {
      const values = all.map((one) => one[figure]);
      return [figure, figure === 'cpuMs' ? mean(values) : median(values)];
    }),
  );
}

export function row(what, figure, aim) {
  console.log(`${what.padEnd(66)} ${figure.padStart(18)}   ${aim}`);
}

export function ratio(a, b) {
  return (a / b).toFixed(2);
}

/** The largest resident set of the process itself, its children not counted: as the kernel kept it until the end. */
export async function peakMemoryMb(file, args, options = {}) {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  let peakKb = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended between two looks.
    }
  }, 20);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return peakKb / 1024;
}
