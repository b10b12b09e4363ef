/** What the end of the script's process is taken for. */
import { expect, test } from 'vitest';
import { breakOf, type EndFacts } from '../../../src/script/child-end.ts';

const NOTHING: EndFacts = {
  breach: undefined,
  spawnError: undefined,
  exitCode: null,
  signal: null,
  stderr: '',
  heapMb: 512,
};
const HEAP =
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace';

test.each<[string, Partial<EndFacts>, string, string]>([
  [
    'we killed it: our reason counts, whatever came after',
    { breach: { reason: 'flooded', message: 'too much' }, signal: 'SIGKILL', stderr: HEAP },
    'flooded',
    'too much',
  ],
  [
    'no such program',
    { spawnError: 'spawn node ENOENT' },
    'crashed',
    'could not be started: spawn node ENOENT',
  ],
  ['V8 out of heap', { signal: 'SIGABRT', stderr: HEAP }, 'memory', 'more than its 512 MB'],
  ['V8 out of heap, told by the shell', { exitCode: 134, stderr: HEAP }, 'memory', 'more than its 512 MB'],
  [
    'a table too large for V8',
    { signal: 'SIGTRAP', stderr: '# Fatal JavaScript invalid size error 169220804' },
    'memory',
    'more than its 512 MB',
  ],
  [
    'killed by somebody',
    { signal: 'SIGKILL' },
    'crashed',
    'killed by SIGKILL, perhaps by a system short of memory',
  ],
  ['another signal', { signal: 'SIGSEGV' }, 'crashed', 'was ended by SIGSEGV'],
  [
    'a flag that Node does not know',
    { exitCode: 9, stderr: 'node: bad option: --x\n' },
    'crashed',
    'exited with 9: node: bad option: --x',
  ],
  ['a silent exit', { exitCode: 70 }, 'crashed', 'exited with 70'],
])('%s', (_name, facts, reason, message) => {
  const end = breakOf({ ...NOTHING, ...facts });
  expect(end.reason).toBe(reason);
  expect(end.message).toContain(message);
});
