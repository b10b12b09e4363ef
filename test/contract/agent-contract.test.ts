/** What a run may rely on in the program that answers its agents: one suite, held to by our own and by the real one. */
import { describe } from 'vitest';
import { choiceCases } from './agent/choices.ts';
import { failureCases } from './agent/failures.ts';
import { placeCases } from './agent/places.ts';
import { type AgentUnderContract, installedClaude, PRINT } from './agent/programs.ts';
import { promptCases } from './agent/prompts.ts';
import { replyCases } from './agent/replies.ts';
import { stopCases } from './agent/stops.ts';
import { toolCases } from './agent/tools.ts';

const claude = await installedClaude(process.env);

contract(PRINT);
if (claude.kind === 'installed') contract(claude.agent);
else skipWith(claude.notice);

function contract(agent: AgentUnderContract): void {
  describe(agent.title, () => {
    describe('prompts', () => promptCases(agent));
    describe('replies', () => replyCases(agent));
    describe('failures', () => failureCases(agent));
    describe('tools', () => toolCases(agent));
    describe('choices', () => choiceCases(agent));
    describe('places', () => placeCases(agent));
    describe('stops', () => stopCases(agent));
  });
}

/** On stderr as well: reporters fold skipped tests away. */
function skipWith(notice: string): void {
  process.stderr.write(`\n${notice}\n`);
  describe.skip(notice, () => contract({ kind: 'claude', title: 'claude', path: undefined }));
}
