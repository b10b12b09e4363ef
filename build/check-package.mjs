/** Holds the package to what publint knows, but for one rule: the first line of a program of ours is sh, and becomes Node itself. */
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import packageJson from '../package.json' with { type: 'json' };

const { messages } = await publint({ strict: true });
const faults = messages.filter(({ code }) => code !== 'BIN_FILE_NOT_EXECUTABLE');
for (const fault of faults) process.stderr.write(`${fault.type}: ${formatMessage(fault, packageJson)}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
