/** What is there to read: the guides that come with andwait, and the README of each workflow that does. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/exit.ts';
import type { Program } from '../../core/program.ts';
import { savedWorkflows } from '../../launch/saved-workflows.ts';

export interface Guide {
  /** Of a workflow as it is run: `/audit`. */
  readonly name: string;
  /** A guide's heading, a workflow's description. */
  readonly title: string;
  /** As it is printed. */
  readonly text: string;
  /** When an agent is to read it, in the words of a skill's front matter; `undefined`: it is none. */
  readonly skill: string | undefined;
}

type Place = Pick<Program, 'cwd' | 'distDir' | 'env' | 'homeDir'>;

/** By name, guides first. */
export async function allGuides(place: Place): Promise<readonly Guide[]> {
  return [...(await ownGuides(place)), ...(await workflowGuides(place))];
}

async function ownGuides(place: Place): Promise<readonly Guide[]> {
  const dir = folderOf(place);
  const names: string[] = await readdir(dir).catch(() => []);
  const files = names.filter((name) => name.endsWith('.md')).sort();
  return await Promise.all(
    files.map(async (file) =>
      guideOf(file.slice(0, -'.md'.length), await readFile(path.join(dir, file), 'utf8')),
    ),
  );
}

async function workflowGuides(place: Place): Promise<readonly Guide[]> {
  const saved = await savedWorkflows(place.cwd, place).glance();
  const bundled = saved.filter((workflow) => workflow.place === 'bundled');
  return await Promise.all(
    bundled.map(async ({ meta: { name, description }, file }) => {
      const text = await readFile(path.join(path.dirname(file), 'README.md'), 'utf8');
      return { name: `/${name}`, title: description, text, skill: undefined };
    }),
  );
}

/** Throws `UserError` for a name that is none. */
export async function guideNamed(name: string, place: Place): Promise<Guide> {
  const guides = await allGuides(place);
  const found = guides.find((guide) => guide.name === name || guide.name === `/${name}`);
  if (found !== undefined) return found;
  const there =
    guides.length === 0
      ? `none was found in ${folderOf(place)}; install andwait anew`
      : `there are: ${guides.map((guide) => guide.name).join(', ')}`;
  throw new UserError(`there is no guide ${JSON.stringify(name)}; ${there}`);
}

function folderOf({ distDir }: Place): string {
  return path.join(distDir, '..', 'docs', 'guides');
}

/** A first line that only an agent's program wants. */
const SKILL = /^<!-- skill: (.*) -->\n+/;

function guideOf(name: string, file: string): Guide {
  const text = file.replace(SKILL, '');
  const [, title = name] = /^# (.*)$/m.exec(text) ?? [];
  return { name, title, text, skill: SKILL.exec(file)?.[1] };
}

/** The guide as a file that Claude Code reads by itself when its description fits. */
export function asSkill({ name, text, skill }: Guide): string {
  if (skill === undefined) {
    throw new UserError(`${name} is no skill: it is for people; \`andwait docs ${name}\` prints it`);
  }
  return `---\nname: andwait-${name}\ndescription: ${JSON.stringify(skill)}\n---\n\n${text}`;
}
