/** Words quoted so that each shell reads them as they are, whatever they hold. */

/** POSIX shells: within single quotes nothing is special but the quote itself. */
export function shQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same, bare where nothing asks for quotes: for commands that people read. */
export function shWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shQuoted(text);
}

/** fish: within single quotes a backslash escapes itself and the quote. */
export function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
