/** A crontab as cron(8) reads it. */

export interface CronTable {
  readonly assignments: Readonly<Record<string, string>>;
  /** What `/bin/sh -c` is given, in the home folder. */
  readonly commands: readonly string[];
}

/** Throws at what crontab(1) would not take, and where a percent sign would end a command. */
export function readCrontab(text: string): CronTable {
  if (!text.endsWith('\n')) throw new Error('its last line has no line feed: cron ignores it');
  const assignments: Record<string, string> = {};
  const commands: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = /^(\w+) *= *(.*)$/.exec(line) ?? [];
    const [, command] = /^(?:[\d*,/-]+ ){5}(\S.*)$/.exec(line) ?? [];
    if (name !== undefined) assignments[name] = value;
    else if (command === undefined) throw new Error(`no line that crontab takes: ${line}`);
    else if (/(?<!\\)%/.test(command)) throw new Error(`a percent sign ends this command: ${command}`);
    else commands.push(command.replaceAll('\\%', '%'));
  }
  return { assignments, commands };
}
