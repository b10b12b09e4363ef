import { andwaitMain } from '../cli/main.ts';
import { nodeProgram } from './node-program.ts';

process.exitCode = await andwaitMain(nodeProgram(import.meta.url));
