/** Loaded into a child before its program: on SIGUSR2 it says on stderr how much is alive on its heap, garbage not counted. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collectGarbage();
  process.stderr.write(`heap ${process.memoryUsage().heapUsed}\n`);
});
