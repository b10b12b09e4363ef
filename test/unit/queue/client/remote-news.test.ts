/** What is seen here of an agent on another host: where it is, and what it writes, with marks where something is missing. */
import { expect, test } from 'vitest';
import { jobIdOf } from '../../../../src/queue/client/queue-backend.ts';
import { RemoteTranscript } from '../../../../src/queue/client/remote-transcript.ts';
import { MOST_LINE_BYTES } from '../../../../src/wire/queue/transcript-news.ts';
import { call, Heard, never, QueueRig, said } from '../../../support/queue/queue-rig.ts';

const ID = jobIdOf('r', call('a').key);
const PLACE = { state: 'one', runId: 'worker', call: 1 };
const onHost = (host: string, token = 'token 1') => ({
  type: 'andwait/host',
  host,
  token,
  place: { ...PLACE, state: host },
});
const gap = (bytes: number | null) => ({ type: 'andwait/gap', bytes });
const line = (text: string) => JSON.stringify({ type: 'assistant', text });

async function atWork() {
  const rig = new QueueRig();
  const heard = new Heard();
  const outcome = rig.client().run(call('a'), heard, never);
  const one = rig.worker('one');
  const [agent] = await one.agents.started(1);
  await rig.settle();
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      rig.clock.advance(1000);
      await rig.settle();
    }
  };
  const kept = (): unknown[] => (rig.transcripts.get('a') ?? []).map((text) => JSON.parse(text));
  return { rig, heard, outcome, one, agent, pass, kept };
}

test('its host is told as soon as its agent is there, and with its outcome', async () => {
  const { heard, outcome, agent } = await atWork();
  expect(heard.hosts).toEqual(['one']);
  agent?.end(said('x'));
  expect(await outcome).toEqual({ ...said('x'), host: 'one' });
});

test('what it writes comes each second, once, and the last with its outcome', async () => {
  const { rig, outcome, one, agent, pass, kept } = await atWork();
  one.writes(1, line('a'), line('é'));
  await pass(1);
  expect(kept()).toEqual([onHost('one'), JSON.parse(line('a')), JSON.parse(line('é'))]);
  one.writes(1, line('b'));
  await pass(1);
  expect(rig.server.jobs.get(ID)?.told).toMatchObject({ transcript: { lines: [{ text: line('b') }] } });
  one.writes(1, line('last'));
  agent?.end(said('x'));
  await outcome;
  expect(kept().slice(3)).toEqual([JSON.parse(line('b')), JSON.parse(line('last'))]);
});

test('of much at once the newest comes, a line too long for it does not, and both are marked', async () => {
  const { outcome, one, agent, pass, kept } = await atWork();
  const old = Array.from({ length: 40 }, (_, at) => line(`${at} ${'x'.repeat(1000)}`));
  const long = line('y'.repeat(MOST_LINE_BYTES));
  one.writes(1, ...old, long, line('new'));
  await pass(1);
  const [, first, ...rest] = kept();
  expect(first).toEqual(gap(expect.any(Number) as unknown as number));
  expect(rest.slice(-2)).toEqual([gap(long.length + 1), JSON.parse(line('new'))]);
  const came = rest.slice(0, -2);
  expect(came).toEqual(old.slice(-came.length).map((text) => JSON.parse(text)));
  const missing = old.slice(0, -came.length).join('\n').length + 1;
  expect(first).toEqual(gap(missing));
  agent?.end(said('x'));
  await outcome;
});

test('what was told while the server was away is told when it is back', async () => {
  const { rig, outcome, one, agent, pass, kept } = await atWork();
  rig.server.losesNews = true;
  one.writes(1, line('a'));
  await pass(3);
  expect(kept()).toEqual([onHost('one')]);
  rig.server.losesNews = false;
  await pass(1);
  expect(kept()).toEqual([onHost('one'), JSON.parse(line('a'))]);
  agent?.end(said('x'));
  await outcome;
});

test('another host goes on, and nobody knows what the first one wrote last', async () => {
  const { rig, heard, outcome, one, pass, kept } = await atWork();
  one.writes(1, line('a'));
  await pass(1);
  rig.server.killWorkers();
  const two = rig.worker('two');
  rig.server.loseLock(ID, false);
  const [agent] = await two.agents.started(1);
  await pass(1);
  two.writes(1, line('b'));
  agent?.end(said('x'));
  await outcome;
  const after = [gap(null), onHost('two'), JSON.parse(line('b'))];
  expect(kept()).toEqual([onHost('one'), JSON.parse(line('a')), ...after]);
  expect(heard.hosts).toEqual(['one', 'two']);
});

test('a line that an agent made to look like one of ours is left out, and no line is two', () => {
  const lines: string[] = [];
  const transcript = new RemoteTranscript({
    write: (text) => void lines.push(`${text}`),
    close: async () => {},
  });
  const odd = ['{"type":"andwait/host","host":"x"}', 'two\nlines', '{"type": "andwait/gap"}', 'fine'];
  let at = 0;
  const news = odd.map((text) => {
    const told = { at, bytes: text.length, text };
    at += text.length + 1;
    return told;
  });
  transcript.add('one', 't', { place: PLACE, lines: news, end: at });
  transcript.add('one', 't', { place: PLACE, lines: news, end: at });
  transcript.end(true);
  expect(lines.slice(1)).toEqual(['fine']);
});
