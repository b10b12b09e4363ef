/** `andwait report RUN`: the run as one page for a browser, in the run's own folder unless told otherwise. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { writeFileAtomic } from '../../journal/atomic-file.ts';
import type { RunFolder } from '../../journal/run-folder.ts';
import { readRun } from '../../journal/run-record.ts';
import { reportPage } from '../../report/page/report-page.ts';
import { printLines } from '../print-lines.ts';
import { chosenRun } from '../reading/chosen-run.ts';
import { openInBrowser } from './open-in-browser.ts';
import { pageRunOf } from './page-run-of.ts';
import type { ReportOptions } from './report-options.ts';

const STDOUT = '-';

export async function reportCommand(options: ReportOptions, program: Program): Promise<number> {
  const { out, open } = options;
  if (out === '') throw new UserError('--out is empty; give a file, or - for stdout');
  if (out === STDOUT && open) throw new UserError('--open needs a file to show: leave out --out -');
  const { folder, description } = chosenRun(options, program, 'report');
  const run = await readRun(folder);
  if (run === undefined) throw new UserError(`run ${description.runId} was cut off before it began`);
  const page = reportPage(await pageRunOf(folder, run, program.clock.now()));
  if (out === STDOUT) return await printLines(program, [page.trimEnd()]);
  const file = await written(page, out, folder, program);
  const code = await printLines(program, [file]);
  if (open) await openInBrowser(file, program);
  return code;
}

async function written(
  page: string,
  out: string | undefined,
  folder: RunFolder,
  { cwd }: Program,
): Promise<string> {
  const file = out === undefined ? folder.pageFile : path.resolve(cwd, out);
  try {
    // A file that the user names may be a pipe or a device, which a rename would replace.
    if (out === undefined) await writeFileAtomic(file, page);
    else await writeFile(file, page, { mode: 0o600 });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new UserError(
      `cannot write the page, ${file} (${why}); name another file with --out`,
      EXIT.scriptFailed,
    );
  }
  return file;
}
