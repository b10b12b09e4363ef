import { scriptHostMain } from '../script/host/main.ts';

scriptHostMain({ process, global: globalThis, setImmediate, monotonicMs: performance.now.bind(performance) });
