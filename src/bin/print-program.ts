import { printMain } from '../print/main.ts';
import { endWith } from './end-with.ts';
import { nodeProgram } from './node-program.ts';

endWith(printMain(nodeProgram(import.meta.url)));
