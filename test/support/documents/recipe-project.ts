/** A folder with our recipes and workflows in it, `andwait` and an agent named `claude` on PATH: what a reader of our documents has. */
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { DIST } from '../programs/run-in-process.ts';
import { type Ended, type Environment, ShellProject } from '../programs/shell-project.ts';
import { ROOT } from './shown-text.ts';

/** git as somebody, for the shell: the project's home has no configuration. */
export const GIT = 'git -c user.name=t -c user.email=t@example.org';

const NODE_FOLDER = path.dirname(process.execPath);

export class RecipeProject extends ShellProject {
  /** Where it would be anyway; but left to itself, the pool is that of the user who runs the tests. */
  override readonly state = path.join(this.cwd, '.local/state/andwait');

  /** The agent answers with its own prompt, in one line, until `agent` or `agentLike` gives another. */
  constructor(suite: string) {
    super(suite);
    for (const folder of ['recipes', 'workflows']) {
      const from = path.join(ROOT, folder);
      if (existsSync(from)) cpSync(from, path.join(this.cwd, folder), { recursive: true });
    }
    for (const program of ['andwait', 'andwait-print'])
      this.write(
        `bin/${program}`,
        `#!/bin/sh\nexec "${process.execPath}" "${DIST}/${program}.js" "$@"\n`,
        0o755,
      );
    this.agentLike('one-line-claude');
  }

  /** The `claude` on PATH becomes that fixture. */
  agentLike(fixture: 'one-line-claude' | 'plain-claude'): void {
    cpSync(path.join(ROOT, 'test/fixtures/agents', fixture), path.join(this.cwd, 'bin/claude'));
  }

  override get env(): Readonly<Record<string, string>> {
    // The Node under test comes before the machine's own.
    const searchPath = [path.join(this.cwd, 'bin'), NODE_FOLDER, '/usr/bin', '/bin'].join(':');
    return { ...super.env, PATH: searchPath, ANDWAIT_POOL_IDLE_SECONDS: '1' };
  }

  readonly sh = (command: string, env: Environment = {}): Promise<Ended> =>
    this.startProgram('/bin/sh', ['-c', command], { env }).ended;
}
