/** What a model is told of workflows: the tool's description, and that it may decide for itself. Every session pays for the first. */

export const WORKFLOW = {
  name: 'Workflow',
  description: `Runs a workflow: a JavaScript script that hands work to many agents, waits for them, and returns a value, which is this tool's result. Agents cost money: only where the user asks for a workflow or for many agents, or ultracode is on.
The script begins with \`export const meta = { name: '…', description: '…' }\`, literals only. Then, with top-level await and return:
agent(prompt, { label, phase, schema, model, agentType, isolation: 'worktree' }) gives the agent's last text, the object that \`schema\` (JSON Schema) asks for, or null where it failed; it knows nothing but its prompt and the files. parallel([() => agent(…), …]) waits for all. pipeline(items, stage, …) takes each item through the stages by itself; a stage gets (previous, item, index). phase(title), log(text), args, workflow(name, args).
No files, network, modules, clock or chance in the script itself.`,
} as const;

/** `ultracode` in a prompt, as a word. */
export function asksForUltracode(text: string): boolean {
  return /(?<![\w-])ultracode(?![\w-])/i.test(text);
}

export const ULTRACODE = `Ultracode is on: you decide yourself whether a workflow is worth its cost, and need not be asked for one. Where a task has parts that do not depend on each other, or findings that others should check, prefer the Workflow tool to doing all by yourself: one well-bounded workflow a step, read what came back, then the next. Small and plain tasks you do alone.`;
