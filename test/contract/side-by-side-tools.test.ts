/** Tools, permissions and settings, beside the real program: the same is allowed, denied, done and told. */
import { PERMISSION_CASES, SETTINGS_CASES } from './side-by-side/cases/permissions.ts';
import { TOOL_CASES } from './side-by-side/cases/tools.ts';
import { sideBySide } from './side-by-side/side-by-side.ts';

await sideBySide('permissions', PERMISSION_CASES);
await sideBySide('settings', SETTINGS_CASES);
await sideBySide('tools', TOOL_CASES);
