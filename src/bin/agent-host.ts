import { agentHostMain } from '../workflow/agent-host/host-main.ts';
import { endWith } from './end-with.ts';
import { nodeProgram } from './node-program.ts';

endWith(agentHostMain(nodeProgram(import.meta.url)));
