/** The scripts that the authoring guide shows: whole ones, and parts, which become whole by a meta of their own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface GuideScript {
  readonly text: string;
  /** In the guide. */
  readonly line: number;
}

const GUIDE = path.resolve(import.meta.dirname, '../../../docs/guides/authoring.md');
const META = "export const meta = { name: 'part', description: 'a part of the guide' }\n";

export function scriptsOfGuide(): {
  readonly whole: readonly GuideScript[];
  readonly parts: readonly GuideScript[];
} {
  const guide = readFileSync(GUIDE, 'utf8');
  const blocks = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(({ 1: text = '', index }) => ({
    text,
    line: guide.slice(0, index).split('\n').length + 1,
  }));
  const isWhole = ({ text }: GuideScript): boolean => text.startsWith('export const meta');
  return {
    whole: blocks.filter(isWhole),
    parts: blocks.filter((block) => !isWhole(block)).map(({ text, line }) => ({ text: META + text, line })),
  };
}
