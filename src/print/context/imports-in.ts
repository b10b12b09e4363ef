/** `@path` in a CLAUDE.md: another file that belongs to it. In code an `@` is something else. */

const FENCE = /^[ \t]*(`{3,}|~{3,})[\s\S]*?(?:^[ \t]*\1[`~]*[ \t]*$|(?![\s\S]))/gm;
const CODE_SPAN = /(`+)(?!`)[^\n]*?[^`]\1(?!`)/g;
const COMMENT = /<!--[\s\S]*?-->/g;
const IMPORT = /(?:^|\s)@((?:\\ |[^\s\\])+)/g;

/** In order, each once, without the punctuation of the sentence around it. */
export function importsIn(text: string): string[] {
  const prose = text.replace(FENCE, '\n').replace(COMMENT, ' ').replace(CODE_SPAN, ' ');
  const names = [...prose.matchAll(IMPORT)].map(([, name = '']) =>
    name
      .replaceAll('\\ ', ' ')
      .replace(/#.*$/, '')
      .replace(/[.,;:!?)\]'"]+$/, ''),
  );
  return [...new Set(names)].filter((name) => /^(?:~\/|\.{0,2}\/|[\w.-])/.test(name) && name !== '');
}
