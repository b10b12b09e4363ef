/** A folder where a scenario's agents answer without thinking: a `claude` in sh that finds its answer by a hash of its prompt. */
import { createHash } from 'node:crypto';
import { git } from '../git/git-repository.ts';
import { ShellProject } from '../programs/shell-project.ts';
import type { Scenario } from './scenario.ts';
import type { ScriptedCall } from './scripted-workflow.ts';

const ANSWERS_BY_HASH = `
hash=$(sha256sum)
cat "$0.answers/\${hash%% *}"
`;

export class ScenarioProject extends ShellProject {
  /** Answers are laid ready for these calls and no others. */
  constructor(
    suite: string,
    { files = {}, git: isRepository, answer }: Scenario,
    calls: readonly ScriptedCall[],
  ) {
    super(suite, files);
    if (isRepository) this.#commit();
    this.agent(ANSWERS_BY_HASH);
    for (const { prompt } of calls) {
      const hash = createHash('sha256').update(prompt).digest('hex');
      this.write(`bin/claude.answers/${hash}`, `${JSON.stringify(resultEvent(answer(prompt)))}\n`);
    }
  }

  /** `bin` and `state`, which are the test's and not the scenario's, stay out of it. */
  #commit(): void {
    git(this.cwd, 'init', '--initial-branch=main', '.');
    this.write('.git/info/exclude', 'bin\nstate\n.local\n.cache\n.claude\n.claude.json\n');
    git(this.cwd, 'add', '--all');
    git(this.cwd, 'commit', '--quiet', '--allow-empty', '--message=start');
  }
}

function resultEvent(said: ReturnType<Scenario['answer']>) {
  const event = { type: 'result', subtype: 'success', session_id: 's', num_turns: 1, total_cost_usd: 0.01 };
  const usage = { input_tokens: 1, output_tokens: 10 };
  if (said === null) return { ...event, usage, is_error: true, result: 'the scenario has it fail' };
  if (typeof said === 'string') return { ...event, usage, is_error: false, result: said };
  return { ...event, usage, is_error: false, result: JSON.stringify(said), structured_output: said };
}
