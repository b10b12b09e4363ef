/** Files that make other programs run something: whoever may write them may do anything later, so none is written unasked. */

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
  ].concat(['.kube', '.docker']),
);

const FILES = new Set(
  `.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .zshrc .zshenv .zprofile .zlogin .zlogout .profile .cshrc
  .tcshrc .kshrc .inputrc .npmrc .yarnrc .yarnrc.yml .pnpmfile.cjs .mcp.json .claude.json .gitmodules .gitconfig
  .gitattributes .envrc .ripgreprc .netrc .curlrc .wgetrc .pypirc .vimrc .exrc .tmux.conf .pythonrc managed-settings.json`.split(
    /\s+/,
  ),
);

/** Worktrees of the project live below `.claude`: what lies in them is ordinary work. */
const WORKTREES = /^(.*?\/)\.claude\/worktrees\/[^/]+\//i;

/** Names are compared as a careless file system would: without case, in one Unicode form, without characters that show nothing. */
export function isProtected(absolute: string): boolean {
  const inner = absolute.replace(WORKTREES, '$1');
  const names = inner.split('/').map(plainName);
  const file = names.at(-1) ?? '';
  return names.some((name) => FOLDERS.has(name)) || FILES.has(file);
}

function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
}
