import { brokerMain } from '../broker/main.ts';
import { nodeProgram } from './node-program.ts';

void brokerMain(nodeProgram(import.meta.url), (fatal) => void process.on('uncaughtException', fatal)).then(
  (code) => process.exit(code),
);
