/** The command line of one agent: the flags of the measured contract, the prompt always on stdin. */
import type { AgentCall } from '../../core/call.ts';
import type { AgentWatch } from '../../core/ports.ts';
import { GO_ON_NOTICE } from '../outcome/system-notice.ts';
import type { AgentProgram } from './agent-program.ts';
import type { AgentSettings } from './agent-settings.ts';
import { promptBytes } from './prompt-bytes.ts';

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

/** The script's word for "whatever the program would use". */
const INHERIT = 'inherit';

/** Where nothing of a session is kept, there is none to go on with. */
const KEEPS_NOTHING = '--no-session-persistence';

/** `own`: what holds for this very agent. */
export function commandLineOf(
  call: AgentCall,
  program: AgentProgram,
  settings: AgentSettings,
  own: Pick<AgentWatch, 'budgetUsd' | 'session'> = {},
): CommandLine {
  const { budgetUsd } = own;
  const session = settings.flags.includes(KEEPS_NOTHING) ? undefined : own.session;
  return {
    file: program.path,
    args: [
      ...program.prefixArgs,
      '-p',
      ...['--output-format', 'stream-json', '--verbose'],
      ...rehearsalArgs(program, settings),
      ...flag('--model', call.model === INHERIT ? undefined : call.model),
      ...flag('--effort', call.effort),
      ...flag('--agent', call.agentType),
      ...flag('--permission-mode', settings.permissionMode),
      ...flag('--max-turns', settings.maxTurns === null ? undefined : String(settings.maxTurns)),
      ...flag('--append-system-prompt', systemNoticeFor(call, settings)),
      ...flag('--json-schema', call.schema === undefined ? undefined : JSON.stringify(call.schema)),
      ...flag('--max-budget-usd', budgetUsd === undefined ? undefined : dollars(budgetUsd)),
      ...flag('--resume', session),
      ...settings.flags,
      // Last, because it takes every word up to the next flag.
      ...(settings.allowedTools.length > 0 ? ['--allowedTools', ...settings.allowedTools] : []),
    ],
    stdin: promptBytes(session === undefined ? call.prompt : GO_ON_NOTICE),
  };
}

/** Never nothing at all: that would be no budget. */
function dollars(budgetUsd: number): string {
  return Math.max(0.0001, budgetUsd).toFixed(4);
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

function rehearsalArgs(program: AgentProgram, { rehearse }: AgentSettings): readonly string[] {
  if (!rehearse) return [];
  if (program.kind !== 'print')
    throw new Error(`a rehearsal must not start the real program (${program.path})`);
  return ['--rehearse'];
}

function systemNoticeFor(call: AgentCall, { systemNotice }: AgentSettings): string | undefined {
  return call.schema === undefined ? systemNotice?.forText : systemNotice?.forSchema;
}
