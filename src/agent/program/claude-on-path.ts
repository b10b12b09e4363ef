/** Walks PATH for the real `claude` as a shell would, past our own shim: finding that one would make it call itself. */
import { constants, existsSync } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import path from 'node:path';

/** Stands near the top of our shim, of every version and wherever it was copied to. */
const SHIM_MARKER = 'andwait-shim';
const MARKER_BYTES = 200;

export type PathSearch =
  | { readonly kind: 'found'; readonly path: string }
  /** What a shell would start, but cannot be one. */
  | { readonly kind: 'bad'; readonly path: string; readonly fault: string }
  | { readonly kind: 'none'; readonly skippedShim: boolean; readonly notExecutable: string | undefined };

export async function claudeOnPath(searchPath: string | undefined, shimPath: string): Promise<PathSearch> {
  const shim = await identityOf(shimPath);
  let skippedShim = false;
  let notExecutable: string | undefined;
  for (const folder of (searchPath ?? '').split(path.delimiter)) {
    // An empty entry means the working directory: never a place to take a program from unasked.
    if (folder === '') continue;
    const file = path.resolve(folder, 'claude');
    const identity = await identityOf(file);
    if (identity === undefined) continue;
    if (!(await isExecutable(file))) {
      notExecutable ??= file;
      continue;
    }
    const head = await headOf(file);
    if (identity === shim || head?.includes(SHIM_MARKER)) {
      skippedShim = true;
      continue;
    }
    const fault = head === undefined ? undefined : faultOf(head);
    return fault === undefined ? { kind: 'found', path: file } : { kind: 'bad', path: file, fault };
  }
  return { kind: 'none', skippedShim, notExecutable };
}

/** Device and inode, links followed; `undefined` for what is no regular file. */
async function identityOf(file: string): Promise<string | undefined> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first bytes as text; `undefined` for a program that may be executed but not read. */
async function headOf(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARKER_BYTES), 0, MARKER_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** `#!`, ELF, Mach-O of either order, and universal binaries. */
const PROGRAM_STARTS = [
  '#!',
  '\x7fELF',
  '\xfe\xed\xfa',
  '\xce\xfa\xed\xfe',
  '\xcf\xfa\xed\xfe',
  '\xca\xfe\xba\xbe',
];

/** Plain text without `#!` is let through: the system hands it to sh. */
function faultOf(head: string): string | undefined {
  if (head === '') return 'is an empty file';
  const interpreter = /^#!\s*(\S+)\s/.exec(head)?.[1];
  if (interpreter !== undefined && !existsSync(interpreter)) {
    return `asks for the interpreter ${interpreter}, which does not exist`;
  }
  if (PROGRAM_STARTS.some((start) => head.startsWith(start)) || !head.includes('\0')) return undefined;
  return 'is no program this machine can execute';
}
