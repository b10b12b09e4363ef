import { printMain } from '../print/main.ts';
import { nodeProgram } from './node-program.ts';

process.exitCode = await printMain(nodeProgram(import.meta.url));
