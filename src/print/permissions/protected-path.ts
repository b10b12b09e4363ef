/** Files that make other programs run something: whoever may write them may do anything later, so none is written unasked. */
import { isWithin } from './real-path.ts';

const FOLDERS = new Set(
  [
    '.git',
    '.claude',
    '.vscode',
    '.idea',
    '.husky',
    '.devcontainer',
    '.cargo',
    '.ssh',
    '.gnupg',
    '.aws',
  ].concat(['.kube', '.docker', '.mvn', '.yarn']),
);

/** Right below `.config`: of shells, of the login session, of git. */
const CONFIG_FOLDERS = new Set(['fish', 'git', 'systemd', 'autostart', 'environment.d']);

const FILES = new Set(
  `.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .zshrc .zshenv .zprofile .zlogin .zlogout .profile .cshrc
  .tcshrc .kshrc .inputrc .npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs .mcp.json .claude.json .gitmodules .gitconfig
  .gitattributes .envrc .ripgreprc .netrc .curlrc .wgetrc .pypirc .vimrc .exrc .tmux.conf .pythonrc managed-settings.json
  .login .xprofile .xinitrc .xsession .xsessionrc .pam_environment .bazelrc .bazeliskrc bunfig.toml .bunfig.toml .pnp.cjs
  .pnp.loader.mjs .pre-commit-config.yaml .pre-commit-hooks.yaml lefthook.yml .lefthook.yml lefthook.yaml lefthook.json
  lefthook-local.yml gradle-wrapper.properties`.split(/\s+/),
);

/** Worktrees of the project live below `.claude`: what lies in them is ordinary work. */
const WORKTREES = /^(.*?\/)\.claude\/worktrees\/[^/]+\//i;

/**
 * andwait's own folder, in its usual places: bytecode that its programs run, the pool's token, what a run may do when it is
 * gone on with. What lies in the worktrees of its runs is ordinary work.
 */
const OWN_STATE =
  /\/(\.local\/state\/andwait|andwait-\d+\/pool)(?=\/|$)(?!\/runs\/[^/]+\/worktrees\/[^/]+\/)/;
const RUN_WORKTREE = /^\/runs\/[^/]+\/worktrees\/[^/]+\//;

/**
 * `keptFolders`: what andwait and the real program keep elsewhere. Names are compared as a careless file system would: without
 * case, in one Unicode form, without characters that show nothing.
 */
export function isProtected(absolute: string, keptFolders: readonly string[] = []): boolean {
  const plain = plainPath(absolute.replace(WORKTREES, '$1'));
  const names = plain.split('/');
  return (
    names.some((name, n) => FOLDERS.has(name) || (CONFIG_FOLDERS.has(name) && names[n - 1] === '.config')) ||
    FILES.has(names.at(-1) ?? '') ||
    OWN_STATE.test(plain) ||
    keptFolders.map(plainPath).some((folder) => isKept(plain, folder))
  );
}

function isKept(plain: string, folder: string): boolean {
  return isWithin(plain, folder) && !RUN_WORKTREE.test(plain.slice(folder.length));
}

/** As a careless file system compares it. */
export function plainPath(absolute: string): string {
  return absolute.split('/').map(plainName).join('/');
}

function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
}
