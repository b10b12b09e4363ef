/** Where BullMQ is looked for, and what is said when it, or what it needs, is not there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadBullmq } from '../../../../src/queue/bullmq/bullmq-module.ts';
import { queueUrlOf } from '../../../../src/queue/queue-url.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const REDIS = queueUrlOf('--queue', 'redis://:s3cret@host');
const POSTGRES = queueUrlOf('--queue', 'postgres://host/db');

function installed(packages: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, version] of Object.entries(packages)) {
    const dir = path.join(folder, 'node_modules', name);
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
    writeFileSync(path.join(dir, 'index.js'), `exports.is = ${JSON.stringify(`${name} ${version}`)};`);
  }
  return folder;
}

test('the first folder that has it counts', () => {
  const [none, first, second] = [
    installed({}),
    installed({ bullmq: '6.7.0', ioredis: '5.0.0' }),
    installed({}),
  ];
  expect(loadBullmq(REDIS, [none, first, second])).toEqual({ is: 'bullmq 6.7.0' });
});

test('there is none: where it was looked for, and what to type', () => {
  const folder = installed({});
  expect(() => loadBullmq(REDIS, [folder])).toThrow(
    `needs the package bullmq, which is not installed beside andwait (looked from ${folder}); install it: npm install -g bullmq@6 ioredis`,
  );
  expect(() => loadBullmq(POSTGRES, [folder])).toThrow('npm install -g bullmq@6 pg');
});

test('its driver is missing', () => {
  const folder = installed({ bullmq: '6.7.0', ioredis: '5.0.0' });
  expect(() => loadBullmq(POSTGRES, [folder])).toThrow('needs the package pg beside bullmq');
});

test('it is too old', () => {
  const folder = installed({ bullmq: '5.9.1', ioredis: '5.0.0' });
  expect(() => loadBullmq(REDIS, [folder])).toThrow('bullmq 5.9.1 is installed; a queue needs version 6');
});
