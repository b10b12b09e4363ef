/** Bundled packages keep their licence texts: collected from what the bundler says it took in. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying)(\.|-|$)/i;

/** The package folder a bundled file came from, or undefined for our own source. */
function packageOf(file) {
  const marker = 'node_modules/';
  const at = file.lastIndexOf(marker);
  if (at < 0) return undefined;
  const parts = file.slice(at + marker.length).split('/');
  const name = parts[0]?.startsWith('@') ? `${parts[0]}/${parts[1]}` : parts[0];
  return file.slice(0, at + marker.length) + name;
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((entry) => LICENCE_FILE.test(entry));
  const texts = await Promise.all(files.map((entry) => readFile(path.join(folder, entry), 'utf8')));
  return { title: `${name} ${version} (${license ?? 'licence not stated'})`, text: texts.join('\n').trim() };
}

/** Writes one file with the licence of every package in the given bundles. */
export async function writeLicences(root, target, metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles) {
    for (const file of Object.keys(inputs)) {
      const folder = packageOf(file);
      // A file of our own making that stands before one of theirs is named `namespace:…`; theirs is among the inputs, too.
      if (folder !== undefined && !/^[a-z-]+:/.test(file)) folders.add(path.join(root, folder));
    }
  }
  const licences = await Promise.all([...folders].sort().map(licenceOf));
  // A cloud's many packages come with one and the same text.
  const titles = new Map();
  for (const { title, text } of licences) titles.set(text, [...(titles.get(text) ?? []), title]);
  const texts = [...titles].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  await writeFile(target, texts.join(`\n${'-'.repeat(80)}\n\n`));
}
