/** What a person gets wrong: each is refused before anything runs, quoting what was received and saying what to do. */
import { chownSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Environment,
  ShellProject,
  type StartOptions,
  suiteFolder,
  twoAtOnce,
} from '../../support/programs/shell-project.ts';

const suite = suiteFolder();
const META = "export const meta = { name: 'x', description: 'd' }\n";
const FILES = {
  'ok.js': `${META}return await agent('hello')\n`,
  'empty.js': '',
  'white.js': ' \n\t\n',
  'binary.js': Uint8Array.from({ length: 3000 }, (_, at) => (at * 7) % 256),
  'large.js': META + ' '.repeat(600 * 1024),
  'no-meta.js': 'return 1\n',
  'types.js': `${META}const a: string = 'x'\nreturn a\n`,
  'dir/x': '',
};

interface Case extends StartOptions {
  readonly args: readonly string[];
  /** Beyond files: what the case needs, and the environment it makes. */
  readonly prepare?: (project: ShellProject) => Environment | undefined;
  readonly code?: number;
  readonly says: RegExp;
  readonly stdout?: RegExp;
}

/** Everything but what the table says is the same for all. */
async function refused({ args, prepare, code = 2, says, stdout, ...options }: Case): Promise<void> {
  const project = new ShellProject(suite, FILES);
  const env = { ...options.env, ...prepare?.(project) };
  const before = project.runIds();
  const { uid, stdin, cwd } = options;
  const ended = await twoAtOnce.add(() =>
    uid === undefined
      ? project.run(args, { env, ...(stdin && { stdin }), ...(cwd && { cwd }) })
      : project.start(args, { ...options, env }).ended,
  );
  expect(ended).toMatchObject({ code, signal: null });
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).toMatch(/^andwait: /);
  expect(ended.stderr).not.toMatch(/^\s+at .*:\d+/m);
  if (stdout === undefined) expect(ended.stdout).toBe('');
  else expect(ended.stdout).toMatch(stdout);
  expect(project.runIds()).toEqual(before);
}

function refuses(cases: Readonly<Record<string, Case>>): void {
  test.concurrent.each(Object.entries(cases))('%s', async (_name, given) => await refused(given));
}

describe('a script that cannot be run', () => {
  const run = (file: string, says: RegExp): Case => ({ args: ['run', file, '--rehearse'], says });
  refuses({
    'missing file': run('missing.js', /there is no file "missing\.js"; give the path of a workflow script/),
    'missing name': run(
      'nobodys',
      /there is no file "nobodys", and no saved workflow "nobodys" \((none is )?saved here/,
    ),
    folder: run('dir', /"dir" is a folder; give the path of a workflow script in it/),
    nothing: run('', /"" is no path; give the path of a workflow script/),
    'empty file': run(
      'empty.js',
      /the file is empty \(empty\.js\)\n {2}a workflow script begins with: export const meta/,
    ),
    'white space': run('white.js', /only white space \(white\.js\)\n {2}a workflow script begins with/),
    binary: run(
      'binary.js',
      /not a text file: byte \d+ .*\(binary\.js\)\n {2}a workflow script is one plain/,
    ),
    '600 KiB': run(
      'large.js',
      /614,\d{3} bytes, more than the 524,288 allowed.*\n {2}pass data through --args/,
    ),
    'no meta': run(
      'no-meta.js',
      /must be the first statement .*\(no-meta\.js:1:1\)\n.*\n.*\^ put meta before this/,
    ),
    TypeScript: run(
      'types.js',
      /\(types\.js:2:8\)\n {2}const a: string = 'x'\n +\^ .*no TypeScript annotations/,
    ),
    'a file below a file': run('ok.js/x', /"ok\.js\/x" leads through a file \(ENOTDIR\); give the path/),
  });
});

describe('a program that reads JSON gets an object', () => {
  const refusal = /^\{"type":"result","runId":null,"name":null,"status":"refused".*\}\n$/;
  const run = (file: string, ...flags: string[]): Case => ({
    args: ['run', file, '--rehearse', ...flags],
    says: /^andwait: /,
    stdout: refusal,
  });
  refuses({
    'json: a bad script': run('types.js', '--output', 'json'),
    'ndjson: a bad script': run('types.js', '--output', 'ndjson'),
    'json: a missing file': run('missing.js', '--output', 'json'),
    'json: bad args': run('ok.js', '--args', '{', '--output', 'json'),
    'json: an unknown run': run('ok.js', '--resume', 'nope', '--output', 'json'),
    'text: nothing': { args: ['run', 'types.js'], says: /types\.js:2:8/ },
  });
});

describe('flags and words', () => {
  const run = (flags: readonly string[], says: RegExp, more: Partial<Case> = {}): Case => ({
    args: ['run', 'ok.js', '--rehearse', ...flags],
    says,
    ...more,
  });
  const noJson = /is not JSON: .*\n {2}received: "\{a:1\}"\n {2}for plain text write --arg name=value/;
  refuses({
    '--args that is no JSON': run(['--args', '{a:1}'], noJson),
    '--args - with nothing': run(['--args', '-'], /stdin \(--args -\) is not JSON: .*\n {2}received: ""/),
    '--args - that is no JSON': run(['--args', '-'], noJson, { stdin: '{a:1}' }),
    '--arg without =': run(['--arg', 'x'], /--arg "x": expected k=v/),
    'unknown flag': run(['--frob'], /unknown flag --frob; `andwait run --help` says more/),
    'unknown flag with a value': run(['--frob=1'], /unknown flag --frob;/),
    'a slip of the finger': run(['--quiett'], /unknown flag --quiett \(did you mean --quiet\?\)/),
    'half a flag': run(['--conc', '3'], /unknown flag --conc \(did you mean --concurrency\?\)/),
    'unknown letter': run(['-x'], /unknown flag -x;/),
    'a flag that is no negation': run(['--no-model'], /unknown flag --no-model \(did you mean --model\?\)/),
    'a flag with a dot': run(['--args.x=1'], /unknown flag --args\.x \(did you mean --args\?\)/),
    'flag without value': run(['--args'], /--args stands without its value; .* --args=VALUE/),
    'letter without value': run(['-j'], /-j stands without its value/),
    'flag before flag': run(['--model', '--quiet'], /--model stands without its value/),
    'switch with a value': run(['--quiet=no'], /--quiet is a switch and takes no value; received "no"/),
    'empty model': run(['--model='], /--model "": expected a name; leave the flag out/),
    'concurrency 0': run(['--concurrency', '0'], /--concurrency "0": expected a whole number above 0/),
    'concurrency x': run(['-j', 'x'], /--concurrency "x": expected a whole number above 0/),
    'concurrency 1e3': run(['--concurrency=1e3'], /--concurrency "1e3": expected a whole number above 0/),
    'concurrency -1': run(['--concurrency', '-1'], /--concurrency "-1": expected a whole number/),
    'timeout 0': run(['--timeout', '0'], /--timeout "0": expected seconds above 0/),
    'bad output': run(['--output', 'xml'], /--output "xml": expected text, json or ndjson/),
    'two bad choices': run(
      ['--output', 'xml', '--effort', 'huge'],
      /--output "xml": expected text.*\n {2}--effort "huge": expected low, medium, high, xhigh or max/,
    ),
    'bad model-for': run(['--model-for', 'x'], /--model-for "x": expected PHASE=MODEL/),
    'no such folder': run(['--cwd', 'nowhere'], /the agents' folder ".*\/nowhere" does not exist; .*--cwd/),
    'the real one cannot rehearse': run(
      ['--agent', 'claude'],
      /--agent claude in a rehearsal: .*--no-rehearse/,
    ),
    'args as words': {
      args: ['run', 'ok.js', 'why', 'is it so'],
      says: /too many words: .*; run takes one FILE: .*; quote the TEXT; values for the script go into --args JSON/,
    },
    'words after --': {
      args: ['run', 'ok.js', '--', 'x'],
      says: /too many words: "x"; run takes one FILE/,
    },
    'no file': { args: ['run'], says: /run needs one FILE: the path of a workflow script, or/ },
    'no run': { args: ['result'], says: /result needs one RUN: its id, .*; `andwait list` shows them/ },
    'nothing to resume': { args: ['resume'], says: /say which run to resume: its id, or --last/ },
    'two runs to resume': { args: ['resume', 'x', '--last'], says: /both "x" and --last .*; give one/ },
    'no command': { args: [], says: /say what to do: run, map, resume, exec, list, .* `andwait --help`/ },
    'unknown command': {
      args: ['frob'],
      says: /unknown command "frob"; say what to do: run, map, resume, exec/,
    },
    'a near command': { args: ['lists'], says: /unknown command "lists" \(did you mean `andwait list`\?\)/ },
    'a near command and its file': {
      args: ['rum', 'h.js'],
      says: /unknown command "rum" \(did you mean `andwait run`\?\)/,
    },
    'a script as command': {
      args: ['ok.js'],
      says: /unknown command "ok\.js" \(did you mean `andwait run ok\.js`/,
    },
    'list of what': { args: ['list', 'x'], says: /too many words: "x"; list takes flags only/ },
    'a limit that is no number': {
      args: ['list', '--limit', 'x'],
      says: /--limit "x": expected a whole number/,
    },
    'in any locale': {
      ...run(['--frob'], /unknown flag --frob/),
      env: { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE' },
    },
  });
});

describe('a state folder that cannot be had', () => {
  const at = (home: string | ((project: ShellProject) => string), says: RegExp): Case => ({
    args: ['run', 'ok.js', '--rehearse'],
    prepare: (project) => ({ ANDWAIT_HOME: typeof home === 'string' ? home : home(project) }),
    says,
  });
  const inRoot = process.getuid?.() === 0;
  const stranger = 54_321;
  refuses({
    'below /proc': at(
      '/proc/x',
      /cannot write to the state folder \/proc\/x \(\w+\); set ANDWAIT_HOME to a folder/,
    ),
    'below a file': at(
      ({ cwd }) => `${cwd}/ok.js/below`,
      /cannot write to the state folder .*ok\.js.*; set ANDWAIT_HOME/,
    ),
    relative: at('here', /ANDWAIT_HOME is "here"; it must be an absolute path/),
  });
  test.runIf(inRoot)('of another user', async () => {
    const foreign = ({ cwd }: ShellProject) => {
      mkdirSync(path.join(cwd, 'foreign'));
      chownSync(path.join(cwd, 'foreign'), stranger, stranger);
      return path.join(cwd, 'foreign');
    };
    await refused(
      at(foreign, /the state folder .*foreign belongs to uid 54321, not to you \(uid 0\); set ANDWAIT_HOME/),
    );
  });
  test.runIf(inRoot)('without HOME, and a user that has none', async () => {
    const nowhere = { HOME: undefined, ANDWAIT_HOME: undefined };
    const says =
      /there is no place for the runs: HOME is not set and this user has no home folder; set ANDWAIT_HOME/;
    await refused({ args: ['list'], env: nowhere, uid: stranger, cwd: '/', says });
    await refused({ args: ['list'], env: { ...nowhere, HOME: '' }, uid: stranger, cwd: '/', says });
  });
  test('a HOME that is no absolute path', async () => {
    const env = { HOME: 'somewhere', ANDWAIT_HOME: undefined };
    await refused({
      args: ['list'],
      env,
      says: /there is no place for the runs: HOME is "somewhere"; set ANDWAIT_HOME/,
    });
  });
});

describe('no agent program', () => {
  const claude = (content: string | undefined, says: RegExp): Case => ({
    args: ['run', 'ok.js'],
    prepare: (project) => {
      if (content === undefined) mkdirSync(path.join(project.cwd, 'bin/claude'), { recursive: true });
      else project.write('bin/claude', content, 0o755);
      return undefined;
    },
    says,
  });
  const threeWays =
    /there is no claude on PATH, .*Either install Claude Code.*; or set ANTHROPIC_API_KEY.*; or add --rehearse/;
  refuses({
    none: { args: ['run', 'ok.js'], says: threeWays },
    'no key for print': {
      args: ['run', 'ok.js', '--agent', 'print'],
      says: /no key: set ANTHROPIC_API_KEY.*--rehearse/,
    },
    'asked for by name': {
      args: ['run', 'ok.js', '--agent', 'claude'],
      says: /--agent claude: there is no claude on PATH/,
    },
    'a folder of that name': claude(undefined, threeWays),
    'an empty file': claude('', /bin\/claude is an empty file: install Claude Code/),
    'a broken interpreter': claude(
      '#!/no/such/sh\n',
      /bin\/claude asks for the interpreter \/no\/such\/sh, which does not exist: install/,
    ),
    'bytes of no program': claude('\x01\0\0', /bin\/claude is no program this machine can execute: install/),
  });

  test('a text that is no program fails as its agents do', async () => {
    const project = new ShellProject(suite, FILES);
    project.write('bin/claude', 'hello there\n', 0o755);
    const { code, stdout, stderr } = await project.run(['run', 'ok.js']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'null\n' });
    expect(stderr).toMatch(
      /no-result: .*status 127 without a result event; stderr ended with .*hello: not found/,
    );
  });
});

describe('runs that are not there, or not whole', () => {
  const template = new ShellProject(suite, FILES);
  let made = '';
  beforeAll(async () => {
    await template.run(['run', 'ok.js', '--rehearse', '--quiet']);
    made = template.runIds()[0] ?? '';
  });

  /** Copies of that run, their journals perhaps changed. */
  const withRuns =
    (ids: readonly string[], change: (journal: string) => string = (journal) => journal) =>
    (project: ShellProject) => {
      for (const id of ids) {
        const dir = path.join(project.state, 'runs', id);
        cpSync(path.join(template.state, 'runs', made), dir, { recursive: true });
        const journal = path.join(dir, 'journal.ndjson');
        writeFileSync(journal, change(readFileSync(journal, 'utf8')));
      }
      return undefined;
    };
  const damaged = (journal: string) => journal.replace('"type":"started"', '"type":"started');
  const later = (journal: string) => journal.replace(/"format":\d+/, '"format":99');
  const lineThree =
    /journal\.ndjson is damaged at line 3 .*: ".*"; restore the file, or start the run afresh/;
  const gone = /there is no run "nope" in .*\/runs; `andwait list` shows those there are/;

  refuses({
    'result of an unknown run': { args: ['result', 'nope'], says: gone },
    'logs of an unknown run': { args: ['logs', 'nope'], says: gone },
    'resume of an unknown run': { args: ['resume', 'nope'], says: gone },
    'resume --last without runs': {
      args: ['resume', '--last'],
      says: /there is no run to resume in .*state/,
    },
    'an ambiguous beginning': {
      args: ['result', '2026'],
      prepare: withRuns(['2026a', '2026b']),
      says: /"2026" is the beginning of 2 runs \(2026b, 2026a …\); write more of the id/,
    },
    'a damaged journal: resume': {
      args: ['resume', 'r'],
      prepare: withRuns(['r1'], damaged),
      says: lineThree,
    },
    'a damaged journal: logs': { args: ['logs', 'r'], prepare: withRuns(['r1'], damaged), says: lineThree },
    'a damaged journal: dry run': {
      args: ['resume', 'r', '--dry-run'],
      prepare: withRuns(['r1'], damaged),
      says: lineThree,
    },
    'a journal of a later version': {
      args: ['resume', 'r'],
      prepare: withRuns(['r1'], later),
      says: /journal\.ndjson has format 99, this version reads up to \d+; update andwait/,
    },
    'a call that is not there': {
      args: ['logs', 'r', '9'],
      prepare: withRuns(['r1']),
      says: /run .* has no call "9"; its calls are 1 to 1/,
    },
    'a run without its script': {
      args: ['resume', 'r'],
      prepare: (project) => {
        withRuns(['r1'])(project);
        rmSync(path.join(project.state, 'runs/r1/script.js'));
        return undefined;
      },
      says: /the run's script .*script\.js cannot be read \(ENOENT\); give one with --script/,
    },
  });

  test('a damaged run does not hide the others from list', async () => {
    const project = new ShellProject(suite);
    withRuns(['r1'], damaged)(project);
    withRuns(['r2'])(project);
    const { code, stdout, stderr } = await project.run(['list']);
    expect(code).toBe(0);
    expect(stdout).toContain('completed');
    expect(stderr).toMatch(/^andwait: the journal .*r1.* is damaged at line 3/);
  });

  test('a torn last line is left out with a notice, and the run goes on', async () => {
    const project = new ShellProject(suite);
    withRuns(['r1'], (journal) => journal.slice(0, -20))(project);
    const logs = await project.run(['logs', 'r1']);
    expect(logs).toMatchObject({ code: 0 });
    expect(logs.stderr).toMatch(
      /the last line of .*journal\.ndjson was cut off by a crash \(\d+ bytes\) and is left out/,
    );
    expect(await project.run(['resume', 'r1', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
    expect(await project.run(['logs', 'r1'])).toMatchObject({ code: 0, stderr: '' });
  });
});
