/** A file that is asked for now and written when the run is over: that it cannot be written is said before anything is spent. */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../../core/exit.ts';

export interface FileAtEnd {
  write(text: string): void;
}

/** Emptied at once: what an earlier run left must not pass for this one's if this one is killed. `flag`: for the messages. */
export function fileAtEnd(flag: string, file: string, cwd: string): FileAtEnd {
  const target = path.resolve(cwd, file);
  const fault = (error: unknown, exitCode: number) =>
    new UserError(
      `${flag} ${JSON.stringify(file)} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      exitCode,
    );
  let descriptor: number;
  try {
    descriptor = openSync(target, 'w', 0o666);
  } catch (error) {
    throw fault(error, EXIT.usage);
  }
  return {
    write: (text) => {
      const bytes = Buffer.from(text);
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        closeSync(descriptor);
      } catch (error) {
        throw fault(error, EXIT.scriptFailed);
      }
    },
  };
}
