/** What one agent's transcript tells: its prompt, and what it cost. Read line by line, however long it is. */
import type { JsonObject } from '../../core/json.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/outcome.ts';
import { SYNTHETIC_MODEL } from '../../wire/events/event.ts';
import type { ClaudeTranscript } from './claude-run.ts';
import { readOwnLines } from './own-files.ts';
import { countAt, objectAt, objectsAt, textAt, timeAt } from './told.ts';
import { unframedPrompt } from './unframed-prompt.ts';

/** Filled in while the lines go by. */
type Told = {
  -readonly [key in Exclude<keyof ClaudeTranscript, 'usage' | 'turns' | 'file'>]: ClaudeTranscript[key];
};

/** Throws `UnreadableFile`. A missing file tells nothing. */
export async function readAgentTranscript(file: string): Promise<ClaudeTranscript> {
  // One message is several lines, each with the usage so far: the last one counts.
  const usages = new Map<string, Usage>();
  let begun = false;
  const told: Told = {
    prompt: undefined,
    model: undefined,
    version: undefined,
    cwd: undefined,
    error: undefined,
    firstAt: undefined,
    lastAt: undefined,
  };
  for await (const items of readOwnLines(file)) {
    for (const item of items) {
      if (item.kind !== 'event') continue;
      take(item.event, told, usages);
      // What follows the first line of the user's is results of tools, and what else is said to the agent while it works.
      if (begun || textAt(item.event, 'type') !== 'user') continue;
      begun = true;
      told.prompt = promptOf(objectAt(item.event, 'message'));
    }
  }
  const usage = [...usages.values()].reduce(addUsage, NO_USAGE);
  return { file, ...told, usage, turns: usages.size };
}

function take(event: JsonObject, told: Told, usages: Map<string, Usage>): void {
  const at = timeAt(event, 'timestamp');
  told.firstAt ??= at;
  told.lastAt = at ?? told.lastAt;
  told.version = textAt(event, 'version') ?? told.version;
  told.cwd ??= textAt(event, 'cwd');
  if (textAt(event, 'type') === 'assistant') takeReply(event, objectAt(event, 'message'), told, usages);
}

function takeReply(
  event: JsonObject,
  message: JsonObject | undefined,
  told: Told,
  usages: Map<string, Usage>,
): void {
  const model = textAt(message, 'model');
  if (model === SYNTHETIC_MODEL) {
    const text = objectsAt(message, 'content').map((block) => textAt(block, 'text') ?? '');
    told.error = { message: text.join('\n'), apiStatus: countAt(event, 'apiErrorStatus') };
    return;
  }
  told.model = model ?? told.model;
  // An answer after it: the agent got over the error.
  told.error = undefined;
  usages.set(textAt(message, 'id') ?? `nameless ${usages.size}`, usageOf(objectAt(message, 'usage')));
}

function promptOf(message: JsonObject | undefined): string | undefined {
  const whole = textAt(message, 'content');
  if (whole !== undefined) return unframedPrompt(whole);
  const texts = objectsAt(message, 'content').flatMap((block) =>
    textAt(block, 'type') === 'text' ? [textAt(block, 'text') ?? ''] : [],
  );
  // Reminders of the program's own stand before the prompt.
  const last = texts.at(-1);
  return last === undefined ? undefined : unframedPrompt(last);
}

function usageOf(usage: JsonObject | undefined): Usage {
  return {
    inputTokens: countAt(usage, 'input_tokens') ?? 0,
    outputTokens: countAt(usage, 'output_tokens') ?? 0,
    cacheReadTokens: countAt(usage, 'cache_read_input_tokens') ?? 0,
    cacheCreationTokens: countAt(usage, 'cache_creation_input_tokens') ?? 0,
  };
}
