/** Probes that the parser must stop: no line of them may ever reach V8. */
import { type Probe, refused } from './script-probe.ts';

const SYNTAX =
  /Unexpected|Unterminated|Invalid|Expecting|Escape|octal|keyword|Binding|Assigning|only|outside|super/i;
const IMPORT = /import/;

export const GATE_PROBES: readonly Probe[] = [
  refused(
    'to close the wrapper, run a statement, and open another',
    `})(); process.exit(); (async()=>{`,
    SYNTAX,
  ),
  refused('to close the wrapper without calling it', `}); process.exit(7); (() => {`, SYNTAX),
  refused(
    'to close the wrapper inside a block',
    `if (true) {\n}})(); globalThis.x = 1; (async()=>{{`,
    SYNTAX,
  ),
  refused('to close the wrapper behind a comment', `/* */ }), (function () {`, SYNTAX),
  refused('to swallow the end of the wrapper with a comment', `return 1 /*`, SYNTAX),
  refused('to swallow the end of the wrapper with a template', 'return `', SYNTAX),
  refused('to swallow the end of the wrapper with a regular expression', 'return /abc', SYNTAX),
  refused(
    'to hide code behind <!--, a comment in a script but not in a module',
    `x <!--import('fs')\n1`,
    /HTML-like/,
  ),
  refused('to hide code behind --> at the start of a line', `/*\n*/ --> })(); import('fs')`, /HTML-like/),
  refused('import() at the top', `return await import('node:fs')`, IMPORT),
  refused('import() in a class field', `class A { f = import('fs') }\nreturn new A().f`, IMPORT),
  refused('import() in a template inside a default value', 'return ((a = `${import("fs")}`) => a)()', IMPORT),
  refused('import() with options', `return import('fs', { with: { type: 'json' } })`, SYNTAX),
  refused('import() behind U+2028 in a line comment', `// safe\u2028return import('fs')`, IMPORT),
  refused('import() spelt with an escape', `return im\\u0070ort('fs')`, SYNTAX),
  refused('import.meta', `return import.meta.url`, IMPORT),
  refused('import.source()', `return import.source('fs')`, IMPORT),
  refused('a static import', `import fs from 'node:fs'`, IMPORT),
  refused('an export', `export default 1`, IMPORT),
  refused('with, to redirect names', `with ({}) { process }`, /with/),
  refused('to leave strict mode with a legacy octal', `return 010`, SYNTAX),
  refused('to assign to eval', `eval = 1`, SYNTAX),
  refused('to take arguments as a variable', `var arguments = 1`, SYNTAX),
  refused('super at the top', `return super.constructor`, SYNTAX),
  refused('new.target at the top', `return new.target`, SYNTAX),
  refused('a second hashbang', `\n#!/bin/sh`, SYNTAX),
  refused('Date.now() in plain sight', `return Date.now()`, /resumed/),
  refused('Math.random() in plain sight', `return Math.random()`, /resumed/),
  refused('new Date() in plain sight', `return new Date()`, /resumed/),
  refused('new Date without brackets', `return +new Date`, /resumed/),
  refused('Date() as a function', `return Date()`, /resumed/),
  refused("Math['random']()", `return Math['random']()`, /resumed/),
];
