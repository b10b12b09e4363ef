/** What goes wrong at the API, limits, signals and a reader that goes away, beside the real program. */
import { API_CASES } from './side-by-side/cases/faults.ts';
import { ENDING_CASES, LIMIT_CASES } from './side-by-side/cases/limits.ts';
import { sideBySide } from './side-by-side/side-by-side.ts';

await sideBySide('the API', API_CASES);
await sideBySide('limits', LIMIT_CASES);
await sideBySide('endings', ENDING_CASES);
