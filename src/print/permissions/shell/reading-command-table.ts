/**
 * Commands that only look, with the options under which that stays so. What the real program runs unasked was measured;
 * an option that is not here (it may write, start a program, follow links, or name a file in one word) makes the command
 * one like any other.
 */

export interface ReadingCommand {
  /** Letters that may stand behind one dash. Digits always may. */
  readonly letters: string;
  /** Long options, without the dashes, alone or with `=value`. */
  readonly long: string;
  /** What its other words are. `format`: `+%s` alone; `none`: with any it may write. */
  readonly operands: 'files' | 'text' | 'pattern-and-files' | 'format' | 'none';
  /** Letters that make it go through whole trees. */
  readonly recursive?: string;
  /** Of two folders it opens what lies in them, links that lead elsewhere among it. */
  readonly opensFolders?: boolean;
  /** `@file` stands for words that are read from there. */
  readonly readsWords?: boolean;
}

/** Nothing of its words is an option or a file. */
const TEXT: ReadingCommand = { letters: '*', long: '*', operands: 'text' };
const files = (letters: string, long = ''): ReadingCommand => ({ letters, long, operands: 'files' });

/** Not `-c`: it opens what a file names. */
const HASH = files('btwz', 'binary text tag zero');
const GREP: ReadingCommand = {
  letters: 'abcEeFGHhiIlLmnoPqrsTvVwxyzABC',
  long: 'color colour count extended-regexp fixed-strings basic-regexp perl-regexp ignore-case no-ignore-case invert-match word-regexp line-regexp max-count quiet silent no-messages byte-offset with-filename no-filename line-number only-matching include exclude exclude-dir recursive files-with-matches files-without-match after-context before-context context text null version help binary-files regexp',
  operands: 'pattern-and-files',
  recursive: 'r',
};

export const READING_COMMANDS: Readonly<Record<string, ReadingCommand>> = {
  echo: TEXT,
  true: TEXT,
  false: TEXT,
  seq: TEXT,
  expr: TEXT,
  basename: TEXT,
  dirname: TEXT,
  which: TEXT,
  type: TEXT,
  whoami: TEXT,
  sleep: TEXT,
  pwd: TEXT,
  uptime: TEXT,
  nproc: TEXT,
  id: TEXT,
  uname: TEXT,
  printf: { letters: '', long: '', operands: 'text' },
  date: { letters: 'uIR', long: 'utc universal iso-8601 rfc-3339 rfc-email', operands: 'format' },
  hostname: { letters: 'fsid', long: 'fqdn short', operands: 'none' },
  test: files('abcdefghknoprstuwxzGLNOSlqe'),
  '[': files('abcdefghknoprstuwxzGLNOSlqe'),
  ls: files(
    'aAbBcCdfFgGhiIklmnNopqQrRsStTuUvwxXZ1',
    'all almost-all author block-size color directory classify file-type format full-time group-directories-first human-readable si inode indicator-style no-group numeric-uid-gid recursive reverse size sort time time-style width help version',
  ),
  cat: files(
    'AbeEnstTuv',
    'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting help version',
  ),
  head: files('cnqvz', 'bytes lines quiet silent verbose zero-terminated help version'),
  tail: files(
    'cnqvzfFs',
    'bytes lines quiet silent verbose zero-terminated follow retry sleep-interval help version',
  ),
  wc: files('clmLw', 'bytes chars lines max-line-length words total help version'),
  cut: files('bcdfnsz', 'bytes characters delimiter fields complement only-delimited output-delimiter'),
  tr: TEXT,
  sort: files(
    'bdfgiMhnRrVckmstuz',
    'ignore-leading-blanks dictionary-order ignore-case general-numeric-sort ignore-nonprinting month-sort human-numeric-sort numeric-sort reverse version-sort check key merge stable field-separator unique zero-terminated',
  ),
  uniq: {
    letters: 'cdDfisuwz',
    long: 'count repeated skip-fields ignore-case skip-chars unique check-chars',
    operands: 'none',
  },
  nl: files('bdfhilnpsvw'),
  rev: files(''),
  tac: files('brs'),
  paste: files('dsz'),
  fold: files('bsw'),
  expand: files('it'),
  column: files('tsoxnc'),
  comm: files('z', 'check-order nocheck-order output-delimiter total zero-terminated'),
  cmp: files('bilns'),
  diff: {
    letters: 'abBcdeEiInpqstTuUwyW',
    long: 'brief unified context side-by-side ignore-all-space ignore-space-change ignore-blank-lines ignore-case text color width suppress-common-lines report-identical-files minimal',
    operands: 'files',
    opensFolders: true,
  },
  stat: files('cfLt', 'format printf file-system terse'),
  file: files('bikLs', 'brief mime mime-type mime-encoding'),
  du: files('abcdhkmsS', 'all apparent-size bytes total max-depth human-readable summarize exclude si time'),
  df: files('aBhHiklPTtx', 'all human-readable si inodes local output total type'),
  realpath: files('emsqz'),
  readlink: files('efmnqsvz'),
  md5sum: HASH,
  sha1sum: HASH,
  sha256sum: HASH,
  sha512sum: HASH,
  base64: files('diw', 'decode ignore-garbage wrap'),
  od: files('AbcdfijlNsSotvwx'),
  hexdump: files('bcCdnosvx'),
  strings: { letters: 'anoet', long: '', operands: 'files', readsWords: true },
  grep: GREP,
  egrep: GREP,
  fgrep: GREP,
  rg: {
    letters: 'abcFgHiIlmnNopPqsSTtUuvVwxABCe0',
    long: 'count files files-with-matches files-without-match fixed-strings glob heading hidden ignore-case line-number no-line-number max-count max-depth multiline no-heading no-ignore only-matching smart-case case-sensitive sort stats type type-not vimgrep word-regexp json color after-context before-context context regexp invert-match no-filename with-filename',
    operands: 'pattern-and-files',
    recursive: '*',
  },
};

/** Of `find`: tests and outputs that start nothing, write nothing and stay in the tree. */
export const FIND_WORDS: ReadonlySet<string> = new Set(
  '-name -iname -path -ipath -wholename -regex -iregex -type -size -mtime -mmin -atime -amin -ctime -cmin -newer -empty -maxdepth -mindepth -print -print0 -prune -not -a -and -o -or -perm -user -group -depth -mount -xdev -P -readable -writable -executable -links -inum -regextype -quit -true -false -ls -printf -daystart'.split(
    ' ',
  ),
);

/** Of git: what reads the repository, with the options that do nothing else. */
export const GIT_READING: Readonly<Record<string, string>> = {
  status:
    '-s --short -b --branch --porcelain --long -u --untracked-files --ignored -z -v --show-stash --ahead-behind',
  diff: '-p -u -U --cached --staged --stat --shortstat --numstat --name-only --name-status --summary --color --no-color --color-words --word-diff -w -b --ignore-all-space --ignore-space-change --unified --diff-filter -M -C -R -z --minimal --patience --histogram --check --raw --quiet --exit-code --no-ext-diff --merge-base --compact-summary',
  log: '-p -u -U -n --oneline --graph --all --stat --shortstat --numstat --name-only --name-status --format --pretty --abbrev-commit --decorate --no-decorate --since --until --after --before --author --committer --grep -i -S -G --follow --merges --no-merges --first-parent --reverse --max-count --skip --date --branches --tags --remotes --color --no-color --patch --no-patch -L --topo-order --date-order -w --diff-filter -z --left-right --cherry-pick -M -C --unified -s',
  show: '-p -u -U --stat --shortstat --numstat --name-only --name-status --format --pretty --oneline --abbrev-commit --color --no-color --no-patch -s -w --summary --date --unified --decorate',
  'rev-parse':
    '--abbrev-ref --short --verify --show-toplevel --show-prefix --git-dir --is-inside-work-tree --symbolic-full-name -q --quiet --show-cdup --all --branches --absolute-git-dir --git-common-dir',
  'ls-files':
    '-c -m -o -d -s -u -z --cached --modified --others --deleted --stage --unmerged --ignored --exclude-standard --full-name --error-unmatch',
  blame: '-L -l -s -e -w -M -C -p --porcelain --line-porcelain --date --show-email',
  describe: '--tags --all --always --long --abbrev --match --exclude --dirty --contains --first-parent',
  shortlog: '-s -n -e --summary --numbered --email --no-merges --all',
  'cat-file': '-p -t -s -e',
  'merge-base': '--all --is-ancestor --fork-point --octopus',
  'rev-list':
    '--count --all --max-count -n --first-parent --since --until --merges --no-merges --left-right --reverse --oneline',
  'ls-tree': '-r -d -t -l -z --name-only --full-name --full-tree --long',
  grep: '-n -i -l -c -w -E -F -P -h -H -e -v -q -A -B -C --name-only --count --ignore-case --line-number --cached --files-with-matches --word-regexp',
  reflog: '-n --date --format --oneline --all',
};

/** Of git: with these words alone; with others they change something. */
export const GIT_LISTING: Readonly<Record<string, string>> = {
  branch: '-a -r -v -vv --list --all --remotes --show-current --verbose --no-color --color',
  tag: '-l -n --list',
  remote: '-v --verbose',
  stash: 'list',
  worktree: 'list --porcelain',
};
