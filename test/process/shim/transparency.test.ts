/** The promise of the shim: with it and without it a caller sees the same bytes, the same end and the same stderr. */
import { describe, expect, test } from 'vitest';
import { suiteFolder } from '../../support/programs/shell-project.ts';
import { ShimStage } from '../../support/programs/shim-stage.ts';

const suite = suiteFolder();
const stage = new ShimStage(suite);

interface Invocation {
  readonly name: string;
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Part of what both must say, so that two equal failures are no success. */
  readonly says?: string;
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
}

/** `claude` in the background on a FIFO, once it says that it is ready; then `then`, its end and the rest of its words. */
function whileItRuns(then: string, { fake = 'trap', job = 'claude -p', setup = ':' } = {}): string {
  return `mkfifo out; ${setup}; export FAKE=${fake}; ${job} >out & pid=$!; exec 5<out; read -r line <&5
    echo "first <\${line%% *}>"; ${then}; wait $pid; echo "status $?"; cat <&5`;
}

const PROMPTS: Invocation[] = [
  { name: '-p PROMPT flags', script: 'claude -p "do it" --model opus --verbose', says: '<do it>' },
  { name: 'flags -p PROMPT', script: 'claude --model opus -p "do it"', says: '<do it>' },
  { name: '-p flags PROMPT', script: 'claude -p --model opus "do it"', says: '<do it>' },
  { name: '--print -- PROMPT', script: 'claude --print -- "-p do it"', says: '<-p do it>' },
  { name: '--print … -p PROMPT', script: 'claude --print --verbose -p "do it"', says: '<do it>' },
  { name: 'no mark, stdout a pipe', script: 'claude "do it"', says: '<do it>' },
  { name: 'a format and no -p', script: 'claude --output-format json x', says: '<json>' },
  { name: '-p ""', script: 'claude -p ""', says: '<>' },
  {
    name: 'empty words among others',
    script: 'claude --system-prompt "" -p --append-system-prompt ""',
    says: '<>',
  },
  {
    name: 'variadic flags',
    script: 'claude --allowedTools "Bash(git *)" Read Edit --add-dir /a /b -p x',
    says: '<Bash(git *)>',
  },
  { name: '--flag=value', script: 'claude --output-format=text --model=opus -p x', says: '<--model=opus>' },
  {
    name: 'line feeds, quotes, globs, substitutions',
    script: `claude -p $'a\\nb\\n\\n"c" \\'d\\' \\\\ * $(id) \\\`id\\\` %s \\\\0'`,
    says: '<a\nb\n\n"c" \'d\' \\ * $(id)',
  },
  { name: 'words in UTF-8', script: 'claude -p "grüße 世界 🦀"', says: 'gr\xc3\xbc\xc3\x9fe' },
  {
    name: 'words in Latin-1',
    script: `claude -p $'gr\\xfc\\xdfe' $'\\xff\\n\\n' plain`,
    says: 'gr\xfc\xdfe',
  },
  {
    name: '100 KB in one word',
    script: 'claude -p "$(head -c 100000 /dev/zero | tr "\\0" x)"',
    env: { FAKE: 'argv-sum' },
  },
  { name: 'an unknown flag', script: 'claude -p --no-such-flag', env: { FAKE: 'strict' }, code: 1 },
  { name: 'claude mcp list', script: 'claude mcp list', says: '<mcp>' },
  { name: '--version', script: 'claude --version', says: '<--version>' },
  { name: '-p -h', script: 'claude -p -h', says: '<-h>' },
  { name: 'by its path', script: '"$(command -v claude)" -p x', says: '<x>' },
];

const STDIN: Invocation[] = [
  { name: 'a pipe', script: 'echo question | claude -p', env: { FAKE: 'cat' }, says: 'question' },
  {
    name: 'a pipe and a prompt',
    script: 'echo question | claude -p x',
    env: { FAKE: 'both' },
    says: 'question',
  },
  {
    name: 'a here-document',
    script: 'claude -p <<END\nquestion\nEND',
    env: { FAKE: 'cat' },
    says: 'question',
  },
  { name: 'a file', script: 'echo question >q; claude -p <q', env: { FAKE: 'cat' }, says: 'question' },
  {
    name: 'a file of which a part was read, and a part is left',
    script: 'printf "1\\n2\\n3\\n" >q; { read -r x; claude -p; cat; } <q',
    env: { FAKE: 'line' },
    says: 'read <2>\n3\n',
  },
  {
    name: 'a FIFO',
    script: 'mkfifo q; { echo question >q & }; claude -p <q',
    env: { FAKE: 'cat' },
    says: 'question',
  },
  { name: '/dev/null', script: 'claude -p </dev/null; echo "$?"', env: { FAKE: 'cat' }, says: '0' },
  { name: 'closed', script: 'claude -p <&-; echo "$?"', env: { FAKE: 'cat' }, says: '1' },
  { name: 'a socket', script: 'claude -p', env: { FAKE: 'cat' }, stdin: 'question', says: 'question' },
  { name: 'by its path', script: 'echo question | claude -p', env: { FAKE: 'stdin-path' }, says: 'question' },
  {
    name: 'a pipe that never ends, which the program does not read',
    script: 'mkfifo q; exec 3<>q; claude -p x <&3',
    says: '<x>',
  },
  {
    name: '5 MB',
    script: 'yes question | head -c 5000000 | claude -p',
    env: { FAKE: 'sum' },
  },
  {
    name: 'that of a loop is not eaten',
    script: 'printf "a\\nb\\n" | while read -r x; do claude -p "$x"; done',
    says: '<b>',
  },
];

const OUTPUT: Invocation[] = [
  { name: 'json', script: 'claude -p --output-format json', env: { FAKE: 'json' }, says: '"result":"42"' },
  { name: 'json, an error', script: 'claude -p --output-format json', env: { FAKE: 'json-error' }, code: 1 },
  {
    name: 'stream-json',
    script: 'claude -p --output-format stream-json --verbose',
    env: { FAKE: 'stream' },
    says: '}\n\n{',
  },
  {
    name: 'a line of 2 MB',
    script: 'claude -p --output-format stream-json | md5sum',
    env: { FAKE: 'long-line' },
  },
  { name: 'no line feed at the end', script: 'claude -p', env: { FAKE: 'no-newline' }, says: 'no line feed' },
  {
    name: 'bytes that are no text',
    script: 'claude -p',
    env: { FAKE: 'binary' },
    says: '\x00\x01\xff\xfe\r\n\x80',
  },
  { name: 'by its path', script: 'claude -p | cat', env: { FAKE: 'stdout-path' }, says: 'by its path' },
  {
    name: '100 MB',
    script: 'claude -p | md5sum',
    env: { FAKE: 'big', BYTES: '100000000' },
  },
  {
    name: '100 MB to a reader that takes its time',
    script: 'claude -p | { sleep 0.3; md5sum; }',
    env: { FAKE: 'big', BYTES: '20000000' },
  },
  {
    name: '| head -c 10',
    script: 'claude -p | head -c 10; echo " ${PIPESTATUS[@]}"',
    env: { FAKE: 'big', BYTES: '100000000' },
    says: '0123456789',
  },
  { name: '2>&1', script: 'claude -p 2>&1', env: { FAKE: 'order' }, says: 'out 1\nerr 1\nout 2\nerr 2\n' },
  {
    name: '>file 2>&1',
    script: 'claude -p >f 2>&1; cat f',
    env: { FAKE: 'order' },
    says: 'out 1\nerr 1\n',
  },
  { name: '2>/dev/null', script: 'claude -p 2>/dev/null', env: { FAKE: 'order' }, says: 'out 1\nout 2\n' },
  { name: '>>file', script: 'echo before >f; claude -p >>f; cat f', says: 'before\n<-p>' },
  { name: 'closed', script: 'claude -p >&-; echo "$?"; cat closed', env: { FAKE: 'closed' }, says: '1\n' },
  {
    name: 'a full device',
    script: 'claude -p x >/dev/full; echo "$?"',
    env: { FAKE: 'fail-quietly' },
    says: '3',
  },
  { name: '$( ) takes it whole', script: 'x=$(claude -p y); echo "[$x]"', says: '[<-p>\n<y>]' },
  { name: '| tee', script: 'claude -p y | tee f | wc -l; cat f', says: '<y>' },
];

const ENDS: Invocation[] = [
  ...[0, 1, 2, 75, 124, 126, 127, 130, 143, 255].map((code) => ({
    name: `exit ${code}`,
    script: 'exec claude -p',
    env: { FAKE: 'exit', CODE: String(code) },
    says: `out ${code}`,
    code,
  })),
  ...(['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP', 'SIGPIPE', 'SIGUSR1'] as const).map((signal) => ({
    name: `killed by ${signal}`,
    script: 'exec claude -p',
    env: { FAKE: 'die', SIGNAL: signal.slice(3) },
    says: 'last words',
    signal,
  })),
];

const JOBS: Invocation[] = [
  ...['TERM', 'HUP', 'USR1', 'USR2'].map((signal) => ({
    name: `kill -${signal} $!`,
    script: whileItRuns(`kill -${signal} $pid`),
    says: `got ${signal}\n`,
  })),
  ...['INT', 'QUIT'].map((signal) => ({
    name: `kill -${signal} $! under job control`,
    script: whileItRuns(`kill -${signal} $pid`, { setup: 'set -m' }),
    says: `got ${signal}\n`,
  })),
  ...['INT', 'QUIT'].map((signal) => ({
    name: `kill -${signal} $!, which the shell has ignored for it`,
    script: whileItRuns(`kill -${signal} $pid; kill -TERM $pid`),
    says: 'got TERM\n',
  })),
  { name: 'kill -TERM, untrapped', script: whileItRuns('kill $pid', { fake: 'hang' }), says: 'status 143' },
  {
    name: 'kill -KILL',
    script: `{ ${whileItRuns('kill -KILL $pid', { fake: 'hang' })}; } 2>/dev/null`,
    says: 'status 137',
  },
  {
    name: 'kill -- -PGID',
    script: whileItRuns('kill -TERM -- -$pid', { setup: 'set -m' }),
    says: 'got TERM\n',
  },
  {
    name: 'nohup … &, and a hang-up',
    script: whileItRuns('kill -HUP $pid; kill -TERM $pid', { job: 'nohup claude -p 2>/dev/null' }),
    says: 'got TERM\n',
  },
  {
    name: 'a depth that is no number of ours',
    script: 'claude -p x; claude --version',
    env: { ANDWAIT_SHIM_DEPTH: '08:a:b:c', FAKE: 'argv' },
  },
  {
    name: 'signals that came ignored',
    script: 'trap "" HUP PIPE USR2; claude -p',
    env: { FAKE: 'ignored' },
    says: '1801\n',
  },
  {
    name: 'what cmd & ignores',
    script: 'claude -p & wait $!',
    env: { FAKE: 'ignored' },
    says: '0006\n',
  },
  { name: 'timeout', script: 'timeout 1 claude -p >f; echo "$?"', env: { FAKE: 'hang' }, says: '124' },
  {
    name: 'timeout -s INT',
    script: 'timeout -s INT 2 claude -p; echo "$?"',
    env: { FAKE: 'trap' },
    says: 'got INT',
  },
  {
    name: 'kill -0 while it runs, and after',
    script: whileItRuns(
      'kill -0 $pid && echo alive; kill $pid; wait $pid; kill -0 $pid 2>/dev/null || echo gone',
      {
        fake: 'hang',
      },
    ),
    says: 'alive\ngone',
  },
  {
    name: '& and wait without arguments',
    script: 'claude -p a >1 & claude -p b >2 & wait; echo "$?"; cat 1 2',
    says: '<a>\n<-p>\n<b>',
  },
  { name: 'xargs -P', script: 'seq 6 | xargs -P3 -I{} claude -p "item {}" | sort', says: '<item 6>' },
  {
    name: 'xargs, when one fails',
    script: 'seq 3 | xargs -I{} claude -p {} 2>/dev/null; echo "$?"',
    env: { FAKE: 'exit', CODE: '1' },
    says: '123',
  },
  {
    name: 'make -j',
    script: `printf 'all: a b c\\n%%:\\n\\t@claude -p $@ >$@.out\\n' >Makefile; make -sj3; cat *.out`,
    says: '<c>',
  },
  {
    name: 'script -q',
    script: `script -qec 'claude -p' /dev/null </dev/null`,
    env: { FAKE: 'terminal' },
    says: '1 is a terminal\r\n2 is a terminal',
  },
  { name: 'exec', script: 'exec claude -p x', says: '<x>' },
];

const PLACE: Invocation[] = [
  {
    name: 'descriptors of the caller',
    script: 'echo seven >seven; claude -p 7<seven 8>eight; cat eight',
    env: { FAKE: 'descriptors' },
    says: '7 says <seven>\nwritten to 8',
  },
  {
    name: 'process substitution',
    script: 'claude -p --mcp-config <(echo configured)',
    env: { FAKE: 'file' },
    says: 'configured',
  },
  {
    name: 'folder, umask, limits, variables',
    script: 'mkdir "a b"; cd "a b"; umask 027; ulimit -n 200; EXTRA="a  b" claude -p | sed "s/cwd-[^/]*//"',
    env: {
      FAKE: 'place',
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      NODE_OPTIONS: '--require ./not-there.js',
    },
    says: 'EXTRA=a  b NODE_OPTIONS=--require ./not-there.js CLAUDECODE=1 CLAUDE_CODE_ENTRYPOINT=cli',
  },
  {
    name: 'without HOME and nearly everything else',
    script: 'env -i PATH="$PATH" ANDWAIT_HOME="$ANDWAIT_HOME" FAKE=place claude -p | tail -n 2',
    says: 'HOME=unset EXTRA=unset',
  },
  {
    name: 'an SDK, which talks both ways',
    script: `coproc claude --output-format stream-json --verbose --system-prompt "" --input-format stream-json
      for word in initialize user allow; do echo "{\\"$word\\":1}" >&\${COPROC[1]}; read -r line <&\${COPROC[0]}; echo "$line"; done
      eval "exec \${COPROC[1]}>&-"; wait $COPROC_PID; echo "status $?"`,
    env: { FAKE: 'handshake' },
    says: 'can_use_tool',
  },
];

describe.each([
  ['prompts', PROMPTS],
  ['stdin', STDIN],
  ['output', OUTPUT],
  ['ends', ENDS],
  ['jobs', JOBS],
  ['place', PLACE],
])('%s', (_group, invocations) => {
  test.each(invocations)('$name', async ({ script, env, stdin, says = '', code, signal }) => {
    const options = { ...(env ? { env } : {}), ...(stdin === undefined ? {} : { stdin }) };
    const bare = await stage.run(script, { ...options, shim: false });
    expect(bare.stdout + bare.stderr).toContain(says);
    if (code !== undefined) expect(bare.code).toBe(code);
    if (signal !== undefined) expect(bare.signal).toBe(signal);
    expect(await stage.run(script, { ...options, shim: true })).toEqual(bare);
  });
});
