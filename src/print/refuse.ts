/** How print mode says that it will not do something: on stderr, with the status of the real program. */
import type { Program } from '../core/program.ts';

export const EXIT_ERROR = 1;

export function refuse(program: Program, message: string): number {
  program.stderr.write(`${message}\n`);
  return EXIT_ERROR;
}
