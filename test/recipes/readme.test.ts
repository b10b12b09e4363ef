/** What the README shows is what the files hold and what the program prints; each recipe runs as it stands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIST } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

/** A project folder with the recipes in it, `andwait` on PATH, and agents that answer with their own prompt. */
function project() {
  const cwd = temporaryFolder();
  cpSync(path.join(ROOT, 'recipes'), path.join(cwd, 'recipes'), { recursive: true });
  const bin = path.join(cwd, 'bin');
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, 'andwait'),
    `#!/bin/sh\nexec "${process.execPath}" "${DIST}/andwait.js" "$@"\n`,
  );
  chmodSync(path.join(bin, 'andwait'), 0o755);
  cpSync(path.join(ROOT, 'test/fixtures/agents/one-line-claude'), path.join(bin, 'claude'));
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: cwd,
    ANDWAIT_HOME: path.join(cwd, 'state'),
    ANDWAIT_POOL_IDLE_SECONDS: '1',
  };
  return { cwd, run: (command: string) => shell(command, cwd, env) };
}

async function shell(command: string, cwd: string, env: Record<string, string>) {
  const child = spawn('/bin/sh', ['-c', command], { cwd, env });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...output };
}

describe('the README', () => {
  const shown = [...README.matchAll(/<!-- recipe: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];

  test('shows recipes', () => expect(shown.length).toBeGreaterThan(2));

  test.each(shown.map(([, file = '', text = '']) => [file, text]))('shows %s as it stands', (file, text) => {
    expect(text).toBe(readFileSync(path.join(ROOT, file), 'utf8'));
  });

  const transcripts = [...README.matchAll(/<!-- transcript: (\S+) -->\n```console\n([\s\S]*?)```/g)];

  test('shows transcripts', () => expect(transcripts.length).toBeGreaterThan(1));

  test.each(transcripts.map(([, name = '', text = '']) => [name, text]))(
    'its transcript of %s is what the program prints',
    async (_name, text) => {
      const { run } = project();
      let printed = '';
      for (const [, command = ''] of text.matchAll(/^\$ (.*)$/gm)) {
        printed += `${printed === '' ? '' : '\n'}$ ${command}\n${(await run(`${command} 2>&1`)).stdout}`;
      }
      expect(withoutChance(printed)).toBe(withoutChance(text));
    },
  );
});

function withoutChance(text: string): string {
  return text.replace(/\d{8}-\d{6}-\w+/g, 'RUN').replace(/\b\d+\.\ds/g, 'TIME');
}

describe('recipes', () => {
  test('nightly.sh is silent when all is well', async () => {
    const { run } = project();
    const { code, stdout, stderr } = await run('recipes/nightly.sh recipes/first.js');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Which of these tools is the oldest?');
  });

  test('nightly.sh is loud when a script fails', async () => {
    const { run } = project();
    const { code, stderr } = await run('recipes/nightly.sh recipes/review-file.js');
    expect(code).toBe(1);
    expect(stderr).toContain('say which file: --arg file=PATH');
  });

  test('Makefile runs one agent per file, and again only for what changed', async () => {
    const { cwd, run } = project();
    mkdirSync(path.join(cwd, 'src'));
    for (const name of ['a', 'b']) writeFileSync(path.join(cwd, `src/${name}.js`), '');
    const first = await run('make -f recipes/Makefile -j2 reviews');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(path.join(cwd, 'reviews/b.md'), 'utf8')).toContain('Review src/b.js for bugs.');
    const again = await run('touch -d "1 hour ago" src/a.js; make -f recipes/Makefile reviews');
    expect(again.stdout).not.toContain('andwait run');
  });

  test('ci-step.sh reviews what a branch changed', async () => {
    const { cwd, run } = project();
    const git = 'git -c user.name=t -c user.email=t@example.org';
    await run(`git init -q . && ${git} commit -q --allow-empty -m start`);
    writeFileSync(path.join(cwd, 'new.txt'), 'hello\n');
    await run(`git add new.txt`);
    const { code, stdout, stderr } = await run('recipes/ci-step.sh HEAD');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Merge these reviews into one');
    expect(JSON.parse(readFileSync(path.join(cwd, 'review.json'), 'utf8'))).toMatchObject({
      status: 'completed',
      calls: { done: 3 },
    });
  });
});
