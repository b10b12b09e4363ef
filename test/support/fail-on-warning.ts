/** A mark on the process: its worker serves many test files, and this file runs anew before each of them. */
const WATCHED = Symbol.for('andwait.test.fail-on-warning');
const worker: NodeJS.Process & { [WATCHED]?: true } = process;

/** Any Node warning in a test is a failure: a leaked listener or an unhandled rejection must not scroll by. */
if (worker[WATCHED] === undefined) {
  worker[WATCHED] = true;
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return;
    throw warning;
  });
}
