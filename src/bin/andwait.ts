import { andwaitMain } from '../cli/main.ts';
import { endWith } from './end-with.ts';
import { nodeProgram } from './node-program.ts';

endWith(andwaitMain(nodeProgram(import.meta.url)));
