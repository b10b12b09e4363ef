/** Forms of input and output, flags and schemas: our print mode and the real program, called the same way, show the same. */

import { FLAG_CASES } from './side-by-side/cases/flags.ts';
import { INPUT_CASES, OUTPUT_CASES } from './side-by-side/cases/forms.ts';
import { SCHEMA_CASES } from './side-by-side/cases/schemas.ts';
import { sideBySide } from './side-by-side/side-by-side.ts';

await sideBySide('output', OUTPUT_CASES);
await sideBySide('input', INPUT_CASES);
await sideBySide('flags', FLAG_CASES);
await sideBySide('schemas', SCHEMA_CASES);
