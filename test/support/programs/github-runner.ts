/** What GitHub's runner makes of a step's log: which lines it takes for commands. After its documented rules, and the older `##[` syntax. */

export function commandsIn(log: string): string[] {
  const commands: string[] = [];
  let stoppedBy: string | undefined;
  for (const line of log.split('\n')) {
    const command = commandOf(line);
    if (command === undefined) continue;
    if (stoppedBy !== undefined) {
      if (command === `${stoppedBy}::`) stoppedBy = undefined;
      continue;
    }
    const [, token] = /^stop-commands::(.+)$/.exec(command) ?? [];
    if (token === undefined) commands.push(command);
    else stoppedBy = token;
  }
  return commands;
}

/** Without what begins it. */
function commandOf(line: string): string | undefined {
  const trimmed = line.trimStart();
  if (trimmed.startsWith('::')) return trimmed.slice(2);
  const old = line.indexOf('##[');
  return old === -1 ? undefined : line.slice(old + 3);
}

/** Whether commands of whoever writes next would be heard. */
export function isListening(log: string): boolean {
  return commandsIn(`${log}\n::notice::still there`).includes('notice::still there');
}
