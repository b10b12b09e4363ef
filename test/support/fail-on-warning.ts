/** Any Node warning in a test is a failure: a leaked listener or an unhandled rejection must not scroll by. */
process.on('warning', (warning) => {
  if (warning.name === 'ExperimentalWarning') return;
  throw warning;
});
