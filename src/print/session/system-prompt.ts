/** What the model is told before the prompt: kept short, since a thousand agents pay for it. */

export interface SystemPromptParts {
  /** `--system-prompt`: in place of everything of ours. */
  readonly given: string | undefined;
  /** Body of the agent type. */
  readonly agentPrompt: string | undefined;
  /** `--append-system-prompt`. */
  readonly appended: string | undefined;
  /** The session's own instruction on how to hand over a structured answer. */
  readonly instruction: string | undefined;
}

const DEFAULT_PROMPT = `You are an agent that was started by a program, not by a person in a conversation. Carry out the task in the prompt on your own judgement: nobody answers questions. Be exact, say what you are not sure of, and finish with the answer itself; your last message is all that is passed on.`;

export function systemPrompt({ given, agentPrompt, appended, instruction }: SystemPromptParts): string {
  const basis = given ?? agentPrompt ?? DEFAULT_PROMPT;
  return [basis, appended, instruction].filter((part) => part !== undefined && part !== '').join('\n\n');
}
