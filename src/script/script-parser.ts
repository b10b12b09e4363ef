/**
 * The parser of scripts. acorn catches an overflow of the stack where it happens, at the very end of the stack, and matches its
 * message there: V8 ends the process where it has no stack left to compile a pattern. Here the overflow goes up to whoever
 * called, as the RangeError that it is.
 */
import { Parser } from 'acorn';

export const ScriptParser: typeof Parser = Parser.extend(
  (Base) =>
    class extends Base {
      /** Called by acorn around each expression; not in its types. */
      catchStackOverflow<Parsed>(parse: () => Parsed): Parsed {
        return parse();
      }
    },
);
