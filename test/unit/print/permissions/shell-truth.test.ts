/** The judge against the thing itself: whatever the gate allows is run by a real bash, where it must start and write nothing forbidden. */
// Never names of the machine's own files in what these tests run: what a fault lets through is really done.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { SessionPermissions } from '../../../../src/print/permissions/permission-gate.ts';
import { bash, type GateRig, gateFor, projectIn } from './gate-rig.ts';

let rig: GateRig;
let gate: SessionPermissions;
let wary: SessionPermissions;
let editor: SessionPermissions;

beforeAll(async () => {
  const top = mkdtempSync(path.join(os.tmpdir(), 'andwait-test-'));
  // So deep that no chain of `..` in these commands leads out of it.
  const root = path.join(top, ...'abcdefghijklmnopqrst');
  mkdirSync(root, { recursive: true });
  rig = projectIn(root);
  mkdirSync(`${root}/bin`);
  // The only programs there are: harmless ones, and one that tells that it was started.
  for (const name of [
    'ls',
    'cat',
    'bash',
    'sh',
    'xargs',
    'find',
    'timeout',
    'env',
    'nice',
    'sort',
    'head',
    'grep',
    'wc',
    'mkdir',
    'touch',
    'rm',
    'rmdir',
    'cp',
    'mv',
    'ln',
    'tee',
    'sed',
    'diff',
    'paste',
    'comm',
    'strings',
  ]) {
    const program = ['/usr/bin', '/bin'].map((dir) => `${dir}/${name}`).find((file) => existsSync(file));
    if (program !== undefined) symlinkSync(program, `${root}/bin/${name}`);
  }
  writeFileSync(`${root}/bin/evil`, `#!/bin/sh\n: > ${root}/started\n`);
  chmodSync(`${root}/bin/evil`, 0o755);
  gate = await gateFor(rig, {});
  editor = await gateFor(rig, { mode: 'acceptEdits' });
  wary = await gateFor(rig, { allow: ['Bash(echo:*)', 'Bash(evil x:*)'], deny: ['Bash(*evil*)'] });
  giveAway(top);
  return () => rmSync(top, { recursive: true, force: true });
});

const PIECES = [
  'ls',
  'echo',
  'cat',
  'evil',
  'evil x',
  'a.txt',
  'src',
  'x',
  '-e',
  '-la',
  'cd src',
  'true',
  'ev',
  'il',
  ' ',
  ' ',
  ' ',
  ' ',
  '\n',
  '\t',
  ';',
  '&&',
  '||',
  '|',
  '|&',
  '&',
  '!',
  '(',
  ')',
  '{ ',
  '; }',
  '{',
  '}',
  ',',
  '..',
  '$(',
  ')',
  '`',
  '\\`',
  '"',
  "'",
  '"',
  "'",
  '\\',
  '\\\n',
  "$'\\x65vil'",
  "$'",
  '$"',
  '#',
  ' #',
  'if ',
  'then ',
  'else ',
  'fi',
  'for i in ',
  'do ',
  'done',
  'while ',
  'until ',
  'case x in x)',
  ';;',
  ';&',
  'esac',
  'eval ',
  'xargs ',
  'bash -c ',
  'sh -c ',
  'find . -exec ',
  ' \\;',
  ' +',
  '{}',
  'timeout 1 ',
  'env ',
  'nice ',
  'command ',
  'builtin ',
  'exec ',
  'time ',
  'coproc ',
  'function f',
  'ls() ',
  'f() ',
  'X=',
  'X=evil ',
  '$X',
  '${X}',
  '${X:-',
  '${X:=',
  '${X/',
  '${!X',
  '$((',
  '))',
  '((',
  '[[ ',
  ' ]]',
  'test -v ',
  'a[',
  ']',
  '-eq ',
  '<(',
  '>(',
  '> ',
  '>> ',
  '2>&1',
  '&> ',
  '< ',
  '<<< ',
  '<<EOF\n',
  "<<'EOF'\n",
  '<<-EOF\n',
  '\nEOF\n',
  'EOF',
  '\nEOF',
  'sink',
  'out',
  '*',
  '?',
  '[',
  '~',
  '%',
  '@',
  '=',
  ':',
  '-',
  '--',
  '$',
  '$$',
  '$@',
  '\r',
  '\0',
  '\u00a0',
  'é',
  'select i in ',
  'alias ls=evil',
  'PATH=. ',
  "printf '%n' PATH; ",
  'for PATH in . ',
  '{PATH}<a.txt ',
  '$[',
  '<<E\\\nOF\n',
  '<<"E"OF\n',
  "<<$'EOF'\n",
  '\n\tEOF\n',
];

/** Pieces at random, and well-formed commands with one piece thrown in. */
const WELL_FORMED = [
  'ls',
  'echo x',
  'cat a.txt',
  'evil',
  'echo evil',
  '$(evil)',
  '`evil`',
  '<(evil)',
  'echo "$(evil)"',
  "echo '$(evil)'",
  'echo \\$(evil)',
  'eval evil',
  "bash -c 'evil'",
  'xargs evil',
  'cat <<EOF\n$(evil)\nEOF\n',
  "cat <<'EOF'\n$(evil)\nEOF\n",
  'X=1',
  'true',
  '{ ls; }',
  '( ls )',
  'if true; then ls; fi',
  'echo "a\\"b$(ls)c"',
  "echo 'a'\\''b'",
  'echo ${X:-evil}',
  'echo "${X:-$(ls)}"',
  'echo $((1+2))',
  '[[ x == x ]]',
  'case x in x) ls;; esac',
  'find . -exec echo {} \\;',
  'timeout 1 ls',
  'env ls',
  '# evil',
  'ls # evil',
  'echo {a,b}',
  'echo *',
  "echo $'a\\'b'",
  'echo a\\\nb',
];

const command = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...WELL_FORMED), fc.constantFrom('; ', ' && ', ' | ', '\n', ' ')), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constantFrom(...PIECES),
      fc.nat(),
    )
    .map(([parts, extra, at]) => {
      const text = parts.flat().join('');
      const place = at % (text.length + 1);
      return at % 3 === 0 ? text : text.slice(0, place) + extra + text.slice(place);
    }),
);

/** ANDWAIT_FUZZ_RUNS: more of them, for a day on which the gate was changed. */
const RUNS = Number(process.env['ANDWAIT_FUZZ_RUNS'] ?? 400);

const PATHS = [
  'a.txt',
  'src',
  'src/b.txt',
  'src/deep',
  'deep',
  'deep/..',
  'link',
  'link/x',
  'link/secret.txt',
  '../outside/secret.txt',
  'only',
  'only/c.txt',
  'only/a.txt',
  'only/out',
  'only/out/x',
  'new',
  'new/x',
  'new/out/x',
  '.git/x',
  'gitlink/x',
  '.',
  '..',
  './',
  'dangling',
  'inner',
  '~/x',
  '"x y"',
  'src/../link/x',
  '*',
  '*.txt',
  'on*',
  '@link/secret.txt',
  'o*/c.txt',
  'only/*',
  'deep/../../x',
  'deep/../b.txt',
  '-x',
  'c.txt',
  '$X',
  '"$HOME/x"',
  '.bashrc',
  'loop',
  'sink',
  '.claude/settings.json',
];
const VERBS = [
  'cat',
  'ls',
  'ls -R',
  'head',
  'grep -r secret',
  'find',
  'wc -l',
  'sort',
  'mkdir',
  'mkdir -p',
  'touch',
  'rm',
  'rm -f',
  'rmdir',
  'cp',
  'cp -p',
  'mv',
  'mv -f',
  'cd',
  'echo x >',
  'echo x >>',
  'cat <',
  'ln -s',
  'tee',
  'cp -r',
  'bash -c',
  'xargs cat <',
  'timeout 1 cat',
  "sed -i 's/a/b/'",
  "sed -n '1p'",
  'test -f',
  'diff a.txt',
  'diff src',
  'diff',
  'paste',
  'comm',
  'sort -m',
  'strings',
  'grep -e secret',
  'head -n 1 --',
];

const pathCommand = fc
  .array(
    fc.tuple(
      fc.constantFrom(...VERBS),
      fc.array(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(' && ', ' ; ', ' || ', ' | ', '\n'),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) =>
    parts
      .map(([verb, paths, sign]) => `${verb} ${paths.join(' ')}${sign}`)
      .join('')
      .replace(/( && | \|\| | \| )$/, ''),
  );

test('where edits are accepted, what is allowed shows and changes nothing outside', () => {
  let allowed = 0;
  fc.assert(
    fc.property(pathCommand, (text) => {
      if (bash(editor, text) !== 'allow') return;
      allowed += 1;
      const run = spawnSync(`${rig.root}/bin/bash`, ['-c', text], {
        cwd: rig.project,
        env: { PATH: `${rig.root}/bin`, HOME: rig.home },
        encoding: 'utf8',
        timeout: 1_000,
        killSignal: 'SIGKILL',
        ...asNobody,
      });
      const [after, secret] = [outsideOf(rig), readSecret(rig)];
      // Before anything is expected: a failing command is tried again in smaller forms.
      for (const dir of [rig.project, rig.outside, rig.home]) rmSync(dir, { recursive: true, force: true });
      projectIn(rig.root);
      giveAway(rig.root);
      expect(run.stdout).not.toContain('topsecret');
      expect(after).toEqual({ home: [], outside: ['secret.txt'], git: ['hooks'], claude: [], root: ROOT });
      expect(secret).toBe('topsecret\n');
    }),
    { numRuns: RUNS },
  );
  expect(allowed).toBeGreaterThan(RUNS / 50);
}, 120_000);

function readSecret({ outside }: GateRig): string {
  const file = `${outside}/secret.txt`;
  return existsSync(file) ? readFileSync(file, 'utf8') : 'gone';
}

const ROOT = ['bin', 'home', 'outside', 'project'];

function outsideOf({ home, outside, project, root }: GateRig) {
  return {
    home: tree(home),
    outside: tree(outside),
    git: tree(`${project}/.git`),
    claude: tree(`${project}/.claude`),
    root: readdirSync(root).sort(),
  };
}

test('what is allowed starts and writes nothing forbidden', () => {
  let allowed = 0;
  const before = tree(rig.project);
  fc.assert(
    fc.property(command, (text) => {
      if (bash(gate, text) !== 'allow' || text.includes('\0')) return;
      allowed += 1;
      spawnSync(`${rig.root}/bin/bash`, ['-c', text], {
        cwd: rig.project,
        env: { PATH: `${rig.root}/bin`, HOME: rig.home },
        stdio: 'ignore',
        timeout: 1_000,
        killSignal: 'SIGKILL',
        ...asNobody,
      });
      expect(existsSync(`${rig.root}/started`)).toBe(false);
      expect(tree(rig.project)).toEqual(before);
    }),
    { numRuns: RUNS },
  );
  // Or the promise would be an empty one.
  expect(allowed).toBeGreaterThan(RUNS / 50);
}, 120_000);

test('a name that a rule forbids is never allowed, wherever it stands', () => {
  fc.assert(
    fc.property(command, (text) => {
      if (text.toLowerCase().includes('evil')) expect(bash(wary, text)).not.toBe('allow');
    }),
    { numRuns: RUNS },
  );
});

test('judging ends, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(['allow', 'ask', 'deny']).toContain(bash(gate, text));
    }),
    { numRuns: 300 },
  );
  for (const text of [
    '('.repeat(10_000),
    '$('.repeat(9_000),
    '`'.repeat(9_999),
    'a'.repeat(1_000_000),
    '{ '.repeat(9_000),
  ]) {
    expect(bash(gate, text)).toBe('ask');
  }
}, 60_000);

/** A hole in the gate must not cost more than a test: nothing is run with the rights of root. */
const NOBODY = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

function giveAway(dir: string): void {
  if (process.getuid?.() === 0) spawnSync('chown', ['-hR', `${NOBODY}:${NOBODY}`, dir]);
}

function tree(dir: string): string[] {
  if (!existsSync(dir)) return ['gone'];
  return readdirSync(dir, { recursive: true }).map(String).sort();
}
