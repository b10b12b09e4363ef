import { agentHostMain } from '../workflow/agent-host/host-main.ts';
import { nodeProgram } from './node-program.ts';

process.exitCode = await agentHostMain(nodeProgram(import.meta.url));
