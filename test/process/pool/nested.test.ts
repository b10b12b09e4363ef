/** An agent of a workflow that calls `claude -p` itself: below its run's caps, in its own slot, in its run's journal. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../../src/journal/read-journal.ts';
import { DIST } from '../../support/programs/run-in-process.ts';
import { ShellProject, suiteFolder } from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const RESULT =
  '{"type":"result","subtype":"success","is_error":false,"result":"%s","num_turns":1,"total_cost_usd":0.01,"usage":{"input_tokens":1,"output_tokens":5},"session_id":"s"}\\n';

/** The outer agent asks three inner ones at once, and hands on what they said. */
const AGENT = `prompt=$(cat)
case $prompt in
outer)
  for n in 1 2 3; do claude -p inner --output-format json < /dev/null > "in.$n" & done
  wait
  printf '${RESULT}' "$(cat in.* | grep -c '"result":"inside"')" ;;
*) printf '${RESULT}' inside ;;
esac`;

function nesting(flags: readonly string[] = []) {
  const project = new ShellProject(suite, {
    'nest.js': `export const meta = { name: 'nest', description: 'd' }\nreturn await agent('outer')\n`,
  });
  project.agent(AGENT);
  const shims = path.resolve(DIST, '../shims');
  const PATH = [shims, path.join(project.cwd, 'bin'), path.dirname(process.execPath), '/usr/bin:/bin'].join(
    ':',
  );
  const env = { ...project.env, PATH, ANDWAIT_SLOTS: '1' };
  return { project, ended: project.run(['run', 'nest.js', '-q', '--agent', 'claude', ...flags], { env }) };
}

describe('nested calls', () => {
  test('complete in a pool of one slot, and stand in the run’s journal', async () => {
    const { project, ended } = nesting();
    expect(await ended).toMatchObject({ code: 0, stdout: '3\n', stderr: '' });
    expect(project.runIds()).toHaveLength(1);
    const [runId = ''] = project.runIds();
    const { records } = readJournal(path.join(project.state, 'runs', runId, 'journal.ndjson'));
    expect(records.filter((record) => record.type === 'outcome')).toHaveLength(4);
  });

  test('count against the caps of the run', async () => {
    const { ended } = nesting(['--max-agents', '2']);
    expect(await ended).toMatchObject({ code: 0, stdout: '1\n' });
  });
});
