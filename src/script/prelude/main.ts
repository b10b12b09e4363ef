/** The first code of a realm: makes the language and the script's globals, freezes what they share, and hands the host its bridge. */
import './polyfills.ts';
import { argsFrom } from './args.ts';
import { installAuthorStack, showFramesOf } from './author-stack.ts';
import type { Bridge } from './bridge.ts';
import { budgetOf, updateSpent } from './budget.ts';
import { agent, answer, workflow } from './calls.ts';
import { parallel, pipeline } from './fan-out.ts';
import { freezeBuiltIns } from './freeze.ts';
import { evenOutLanguage } from './language.ts';
import { drain, openOutbox } from './outbox.ts';
import { returned, threw } from './outcome.ts';
import { makeRepeatable } from './repeatable.ts';
import { console, log, phase } from './speech.ts';
import { clearTimeout, fire, setTimeout } from './timers.ts';

evenOutLanguage();
makeRepeatable();
installAuthorStack();
freezeBuiltIns();
forgetLastMatch();
// After the freeze, because a script may replace these: `agent = withRetries(agent)`.
defineGlobals({ agent, parallel, pipeline, phase, log, workflow, console, setTimeout, clearTimeout });

export const bridge: Bridge = {
  start(body, scope, path, argsJson, budgetTotal, messageBytes) {
    openOutbox(scope, messageBytes);
    showFramesOf(path);
    defineGlobals({ args: argsFrom(argsJson), budget: budgetOf(budgetTotal) });
    // In a microtask, so that nothing of the host is on the stack below the script.
    Promise.resolve()
      .then(body as () => unknown)
      .then(returned, threw);
  },
  deliver(kind, id, payload) {
    if (kind === 'fire') void fire(id);
    else if (kind === 'spent') updateSpent(Number(payload));
    else answer(kind, id, payload);
  },
  drain,
};

/** The statics of RegExp show the last match of the realm, which was core-js's. */
function forgetLastMatch(): void {
  /(?:)/.exec('');
}

function defineGlobals(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'function') Object.freeze(value);
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
