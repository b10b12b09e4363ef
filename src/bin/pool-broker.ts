import { brokerMain } from '../broker/main.ts';
import { nodeProgram } from './node-program.ts';

process.exit(
  await brokerMain(nodeProgram(import.meta.url), (fatal) => void process.on('uncaughtException', fatal)),
);
