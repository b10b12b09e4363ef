/** Finds in a session's transcript how a run was launched: the only place that tells the args of one that was cut off. */
import type { Json, JsonObject } from '../../core/json.ts';
import { readOwnLines } from './own-files.ts';
import { objectAt, objectsAt, textAt } from './told.ts';

export interface SessionLaunch {
  /** What the Workflow tool was given; `undefined`: the line that holds it is gone. */
  readonly input: { readonly args: Json | undefined } | undefined;
  readonly cwd: string | undefined;
  readonly version: string | undefined;
}

const WORKFLOW_TOOL = 'Workflow';

/** The last launch of the run, for one that was gone on with; `undefined` when the session tells of none. Throws `UnreadableFile`. */
export async function findLaunch(file: string, runId: string): Promise<SessionLaunch | undefined> {
  const inputs = new Map<string, { readonly args: Json | undefined }>();
  let launch: SessionLaunch | undefined;
  for await (const items of readOwnLines(file)) {
    for (const item of items) {
      if (item.kind !== 'event') continue;
      const blocks = objectsAt(objectAt(item.event, 'message'), 'content');
      for (const block of blocks) rememberInput(block, inputs);
      const launched = textAt(objectAt(item.event, 'toolUseResult'), 'runId') === runId;
      if (launched) launch = launchOf(item.event, blocks, inputs);
    }
  }
  return launch;
}

function rememberInput(block: JsonObject, inputs: Map<string, { readonly args: Json | undefined }>): void {
  if (textAt(block, 'type') !== 'tool_use' || textAt(block, 'name') !== WORKFLOW_TOOL) return;
  const id = textAt(block, 'id');
  const input = objectAt(block, 'input');
  if (id !== undefined && input !== undefined) inputs.set(id, { args: input['args'] });
}

function launchOf(
  event: JsonObject,
  blocks: readonly JsonObject[],
  inputs: ReadonlyMap<string, { readonly args: Json | undefined }>,
): SessionLaunch {
  const ids = blocks.flatMap((block) => textAt(block, 'tool_use_id') ?? []);
  const [input] = ids.flatMap((id) => inputs.get(id) ?? []);
  return { input, cwd: textAt(event, 'cwd'), version: textAt(event, 'version') };
}
