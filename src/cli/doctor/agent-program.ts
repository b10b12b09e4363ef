/** Whether anything can answer the agents, and what. */
import { programTitle } from '../../agent/program/agent-program.ts';
import { agentVersion } from '../../agent/program/agent-version.ts';
import { findAgentProgram } from '../../agent/program/find-program.ts';
import type { Check } from './finding.ts';

export const checkAgentProgram: Check = async ({ env, nodePath, distDir, cwd, clock, kill }) => {
  const about = 'agent';
  const found = await findAgentProgram({ wanted: 'auto', env, nodePath, distDir, rehearse: false });
  if (found.kind === 'problem') {
    const [what = '', remedy] = split(found.message);
    return [{ about, level: 'problem', message: what, ...(remedy === undefined ? {} : { remedy }) }];
  }
  const version = await agentVersion(found.program, { cwd, env, clock, kill });
  const at = found.program.prefixArgs[0] ?? found.program.path;
  if (version !== undefined) {
    return [{ about, level: 'ok', message: `${programTitle({ ...found.program, version })} (${at})` }];
  }
  return [
    {
      about,
      level: 'problem',
      message: `${at} tells no version: it does not start, or it is no claude`,
      remedy: `see what \`${at} --version\` says`,
    },
  ];
};

/** `nothing can answer …: why. Either …`. */
function split(message: string): string[] {
  const at = message.indexOf('. ');
  return at < 0 ? [message] : [message.slice(0, at), message.slice(at + 2)];
}
