/**
 * Takes what is plainly a secret out of text that agents will read and that lies in files from then on. It knows keys by
 * their form and by the words before them; a password that looks like a word stays, which is why the count is told and no
 * promise made.
 */

/** Kinds, each with how it is recognised; `$1` stays, so that a reader sees what was set. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g],
  ['API key', /\b(?:sk|rk|pk)[-_](?=[-_A-Za-z]*\d)[-_A-Za-z0-9]{16,}/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g],
  ['GitLab token', /\bgl(?:pat|ptt|dt|rt|cbt)-[\w-]{16,}/g],
  ['AWS key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g],
  ['Google key', /\b(?:AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})/g],
  ['Slack token', /\bxox[abeoprs]-[\w-]{10,}/g],
  [
    'registry or model token',
    /\b(?:npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{40,}|SG\.[\w-]{16,}\.[\w-]{16,})/g,
  ],
  ['JSON web token', /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g],
  [
    'bearer token',
    /\b((?:(?:Bearer|Basic|token) +|token\\*["']?[ \t]*(?:=>|:=|[:=])[ \t]*\\*["']?))(?=[\w+/=.~-]*\d)[\w+/=.~-]{16,}/gi,
  ],
  ['password in an address', /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/@"'<>]{1,200}(?=@)/gi],
  [
    'named secret',
    /\b([\w-]{0,40}(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|client[_-]?secret|_token|_pwd)[\w-]{0,20}\\*["']?[ \t]*(?:=>|:=|[:=])[ \t]*\\*["']?)(?![$<{[«])[^\s"',;)}\]]{6,}/gi,
  ],
  [
    'secret on a command line',
    /(?<![\w-])(--?(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key|access-key)[ \t]+["']?)(?=[^\s"']*\d)(?![-$<{[«])[^\s"']{6,}/gi,
  ],
  ['password of a connection', /\b(pwd[ \t]*=[ \t]*)(?![$<{[«/~.])[^\s"';]{4,}/gi],
];

/** Counts what it takes out, by kind. */
export class Redaction {
  readonly #counts = new Map<string, number>();

  /** The text without what is recognised; `«kind»` stands in its place. */
  of(text: string): string {
    let clean = text;
    for (const [kind, pattern] of SECRETS) {
      clean = clean.replace(pattern, (_secret, kept: unknown) => {
        this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
        // Without a group it is the place of the match that comes second.
        return `${typeof kept === 'string' ? kept : ''}«${kind}»`;
      });
    }
    return clean;
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
