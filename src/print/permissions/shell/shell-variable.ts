/** Variables that change nothing but the output, or only the script's own: any other may change what a command is or does. */

const HARMLESS = new Set(
  'CI NODE_ENV DEBUG VERBOSE FORCE_COLOR NO_COLOR CLICOLOR CLICOLOR_FORCE COLUMNS LINES LANG LANGUAGE LC_ALL LC_CTYPE LC_COLLATE LC_MESSAGES LC_NUMERIC LC_TIME TZ RUST_BACKTRACE RUST_LOG PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE'.split(
    ' ',
  ),
);

/** Bash itself reads these lower-case names, or programs do. */
const TELLING_LOWER_CASE = /_proxy$|^(histchars|auto_resume)$/;

/** For `NAME=value command`. */
export function isHarmlessForProgram(name: string): boolean {
  return HARMLESS.has(name);
}

/** For `name=value` alone: programs see it only where it was in the environment before. */
export function isHarmlessForScript(name: string): boolean {
  return (
    HARMLESS.has(name) || (/^[a-z_][a-z0-9_]*$/.test(name) && name !== '_' && !TELLING_LOWER_CASE.test(name))
  );
}
