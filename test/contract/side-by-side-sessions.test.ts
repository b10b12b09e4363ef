/** Sessions, streams of turns and who the agent is, beside the real program. */
import { AGENT_CASES } from './side-by-side/cases/agents.ts';
import { SESSION_CASES } from './side-by-side/cases/sessions.ts';
import { STREAM_CASES } from './side-by-side/cases/streams.ts';
import { sideBySide } from './side-by-side/side-by-side.ts';

await sideBySide('sessions', SESSION_CASES);
await sideBySide('streams', STREAM_CASES);
await sideBySide('agents', AGENT_CASES);
