import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ConversationMessage } from '../../../../src/print/api/model.ts';
import { readSession } from '../../../../src/print/session-files/read-session.ts';
import { SessionFile } from '../../../../src/print/session-files/session-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { replied, said, used } from '../fake-model.ts';

const user = (words: string): ConversationMessage => ({ role: 'user', content: [said(words)] });
const SUMMARY = user('SUMMARY');

const words = (messages: readonly ConversationMessage[]): string[] =>
  messages.map(
    ({ role, content }) => `${role}: ${content.map((block) => block['text'] ?? block.type).join(' ')}`,
  );

function open() {
  const file = path.join(temporaryFolder(), 'x.jsonl');
  let n = 0;
  const deps = {
    file,
    sessionId: 's',
    cwd: '/c',
    uuid: () => `u${++n}`,
    timestamp: () => 't',
    warn: () => {},
  };
  const log = new SessionFile(deps);
  const text = (): string => readFileSync(file, 'utf8');
  const lines = (): JsonObject[] =>
    text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { log, deps, text, lines };
}

describe('our own', () => {
  const kept: ConversationMessage[] = [
    { role: 'assistant', content: [used('A', {}, 'a')] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'r' }] },
  ];
  const boundary = { uuid: 'cut', metadata: { trigger: 'auto' }, summaryUuid: 'sum', summary: SUMMARY, kept };

  test('goes on from the cut, the kept messages after the summary', () => {
    const { log, text, lines } = open();
    log.keep(user('old'));
    expect(log.compact(boundary)).toBe('u1');
    log.keep(user('new'));
    expect(words(readSession(text()).messages)).toEqual([
      'user: SUMMARY',
      'assistant: tool_use',
      'user: tool_result new',
    ]);
    expect(lines().map(({ uuid, parentUuid }) => [uuid, parentUuid])).toEqual([
      ['u1', null],
      ['cut', null],
      ['sum', 'cut'],
      ['u2', 'sum'],
      ['u3', 'u2'],
      ['u4', 'u3'],
    ]);
    expect(lines()[1]).toMatchObject({
      type: 'system',
      subtype: 'compact_boundary',
      logicalParentUuid: 'u1',
      compactMetadata: { trigger: 'auto' },
    });
    expect(lines()[2]).toMatchObject({ isCompactSummary: true });
  });

  test('cut by a kill before its summary, is what it was', () => {
    const { log, text, deps } = open();
    log.keep(user('old'));
    log.compact(boundary);
    const torn = text().slice(0, text().indexOf('"SUMMARY"'));
    expect(words(readSession(torn).messages)).toEqual(['user: old']);
    const whole = text().split('\n').slice(0, 2).join('\n');
    const kept = readSession(`${whole}\n`);
    expect(words(kept.messages)).toEqual(['user: old']);
    const again = new SessionFile({ ...deps, file: `${deps.file}2` }, kept);
    again.keep({ role: 'assistant', content: [said('on')] });
    const after = readFileSync(`${deps.file}2`, 'utf8');
    expect(words(readSession(`${whole}\n${after}`).messages)).toEqual(['user: old', 'assistant: on']);
  });

  test('tells what the API has counted since', () => {
    const { log, text } = open();
    log.keep(user('old'));
    log.keep({ role: 'assistant', content: [said('x')] }, replied(said('x')));
    expect(readSession(text()).tokens).toBe(120);
    log.compact({ ...boundary, kept: [] });
    expect(readSession(text()).tokens).toBeUndefined();
  });

  test('keeps its cost beside it: the last one counts', () => {
    const { log, text } = open();
    const usage = replied().usage;
    log.keepCost({ apiMs: 1, models: new Map() });
    log.keepCost({ apiMs: 2, models: new Map([['claude-opus-5-5', { usage, costUsd: 0.5 }]]) });
    expect(readSession(text()).cost).toMatchObject({ apiMs: 2 });
    expect(readSession(text()).cost?.models.get('claude-opus-5-5')).toMatchObject({ costUsd: 0.5 });
  });
});

describe('of the real program', () => {
  const line = (type: string, uuid: string, text: string, more: JsonObject = {}): JsonObject => ({
    type,
    uuid,
    message: { role: type, ...(type === 'assistant' ? { id: uuid } : {}), content: text },
    ...more,
  });
  const file = (metadata: JsonObject): string =>
    [
      line('user', 'a', 'old'),
      line('assistant', 'b', 'kept'),
      { type: 'system', subtype: 'compact_boundary', uuid: 'cut', compactMetadata: metadata },
      { type: 'attachment', uuid: 'att', parentUuid: 'cut' },
      line('user', 'sum', 'SUMMARY', { isCompactSummary: true, parentUuid: 'att' }),
      line('assistant', 'c', 'new'),
    ]
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join('');

  test.each<[string, JsonObject, string[]]>([
    ['nothing is kept', {}, ['user: SUMMARY', 'assistant: new']],
    [
      'what is kept is named, and comes after the summary',
      { preservedMessages: { anchorUuid: 'sum', uuids: ['b'], allUuids: ['b'] } },
      ['user: SUMMARY', 'assistant: kept', 'assistant: new'],
    ],
    [
      'or before it',
      { preservedMessages: { anchorUuid: 'cut', uuids: ['a', 'b'] } },
      ['user: old', 'assistant: kept', 'user: SUMMARY', 'assistant: new'],
    ],
    ['an odd list', { preservedMessages: { uuids: 'b' } }, ['user: SUMMARY', 'assistant: new']],
  ])('%s', (_name, metadata, expected) => {
    expect(words(readSession(file(metadata)).messages)).toEqual(expected);
  });
});
