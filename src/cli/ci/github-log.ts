/**
 * The log of a GitHub Actions step while a run writes to it: what agents and scripts say is not read for commands. Both
 * streams of a step are read for them, each at its own pace, so stdout is rid of them as well (a regular file is not a log).
 */
import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { Program } from '../../core/program.ts';
import {
  END_GROUP,
  groupLine,
  resumeLine,
  stopLine,
  withoutCommands,
} from '../../report/ci/github-commands.ts';

export class GithubLog {
  /** As it was handed in, but for its stdout, which holds no commands. */
  readonly program: Program;
  readonly #stderr: Writable;
  readonly #token: string | undefined;
  #isInGroup = false;
  #isOver = false;

  /** `token`: of the stop; `undefined` leaves the log open to commands. */
  constructor(program: Program, token: string | undefined) {
    this.#stderr = program.stderr;
    this.#token = token;
    this.program = token === undefined ? program : withPlainStdout(program);
  }

  begin(title: string): void {
    if (this.#token === undefined) return;
    this.#isInGroup = true;
    this.#tell([groupLine(title), stopLine(this.#token)]);
  }

  /** The commands of ours; everything else is text again at once. */
  command(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const token = this.#token;
    this.#tell(token === undefined ? lines : [resumeLine(token), ...lines, stopLine(token)]);
  }

  /** What comes now is for everybody to see. */
  endGroup(): void {
    if (!this.#isInGroup) return;
    this.#isInGroup = false;
    this.command([END_GROUP]);
  }

  /** The rest of the step gives its commands as it likes. */
  end(): void {
    if (this.#isOver) return;
    this.endGroup();
    this.#isOver = true;
    if (this.#token !== undefined) this.#tell([resumeLine(this.#token)]);
  }

  #tell(lines: readonly string[]): void {
    this.#stderr.write(`${lines.join('\n')}\n`);
  }
}

/** Whose stdout is no log of commands. For what only prints: a run that is over is no more trusted than one at work. */
export function withPlainStdout(program: Program): Program {
  return isFile(program.stdout) ? program : { ...program, stdout: withoutCommandsIn(program.stdout) };
}

function isFile(stream: Writable): boolean {
  if (!('fd' in stream) || typeof stream.fd !== 'number') return false;
  try {
    return fstatSync(stream.fd).isFile();
  } catch {
    return false;
  }
}

/** Each write of ours is of whole lines. */
function withoutCommandsIn(stdout: Program['stdout']): Writable {
  const guarded = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = typeof chunk === 'string' ? chunk : chunk.toString('utf8');
      stdout.write(withoutCommands(text), () => done());
    },
  });
  // Told as its own: whoever writes listens here, and a write that failed calls back all the same.
  stdout.on('error', (error) => guarded.destroy(error));
  return guarded;
}
