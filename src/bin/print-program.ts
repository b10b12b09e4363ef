import { printMain } from '../print/main.ts';
import { endWith } from './end-with.ts';
import { nodeProgram } from './node-program.ts';

// A file of its own (the build sees to it): no call but one that runs a workflow reads pool, journal and sandbox.
endWith(
  printMain(nodeProgram(import.meta.url), async (program) =>
    (await import('./workflow-runner.ts')).sessionWorkflows(program),
  ),
);
