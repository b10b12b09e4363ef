/** What andwait relies on in a queue engine: one suite, held to by the fake one and by BullMQ on Redis and on PostgreSQL. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmq } from '../../src/queue/bullmq/bullmq-engine.ts';
import { loadBullmq } from '../../src/queue/bullmq/bullmq-module.ts';
import type { JobTaking, QueueEngine, TakenJob } from '../../src/queue/queue-engine.ts';
import { queueUrlOf } from '../../src/queue/queue-url.ts';
import { until } from '../support/looking.ts';
import { FakeServer } from '../support/queue/fake-engine.ts';
import { bullmqFolder, describeServers } from '../support/queue/queue-servers.ts';
import { systemClock } from '../support/system-clock.ts';

type Connect = () => Promise<QueueEngine>;

describe('fake', () => {
  contract(async () => {
    const server = new FakeServer();
    return async () => server.connect();
  }, true);
});

describeServers('queue engine', ({ start }) => {
  contract(async () => connectTo((await start()).url));

  test('who begins to take while the server is away takes once it is back', async () => {
    const server = await start({ appendOnly: true });
    const connect = connectTo(server.url);
    const [client, host] = [await connect(), await connect()];
    await client.add('one', { n: 1 });
    await server.stop();
    const taker = new Taker(host, 1);
    // Refused by now, and the process has time for others all the same.
    await until(() => client.look('one').then(notThere, () => true));
    await server.startAgain();
    const { job, end } = await taker.next(1);
    expect(job.job).toEqual({ n: 1 });
    end({ done: true });
    await until(async () => (await client.look('one'))?.state === 'done');
  });
});

function connectTo(server: string): Connect {
  const url = queueUrlOf('--queue', server);
  const bullmq = loadBullmq(url, [bullmqFolder(process.env) ?? '/']);
  return async () => {
    const engine = await openBullmq({ url, bullmq, clock: systemClock, host: 'test' });
    onTestFinished(() => engine.close());
    return engine;
  };
}

function notThere(): never {
  throw new Error('the server is away, and has answered');
}

/** Who takes jobs, and ends each when the test says so. */
class Taker {
  readonly taken: { readonly job: TakenJob; readonly end: (result: object | undefined) => void }[] = [];
  readonly takenAt: number[] = [];
  #waiting: (() => void)[] = [];

  readonly #taking: JobTaking;

  constructor(engine: QueueEngine, slots: number) {
    const taking = engine.take(
      (job) =>
        new Promise((end) => {
          this.taken.push({ job, end });
          this.takenAt.push(Date.now());
          for (const look of this.#waiting.splice(0)) look();
        }),
      slots,
    );
    this.#taking = taking;
    onTestFinished(async () => {
      for (const { end } of this.taken) end({ over: true });
      await taking.close();
    });
  }

  atMost(count: number): void {
    this.#taking.atMost(count);
  }

  async next(count: number) {
    while (this.taken.length < count) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    const last = this.taken[count - 1];
    if (last === undefined) throw new Error('nothing was taken');
    return last;
  }
}

function contract(open: () => Promise<Connect>, isFake = false): void {
  test('a job has one result, and is kept with it until it is removed', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    const news: [string, unknown][] = [];
    client.onNews((id, told) => void news.push([id, told]));
    // NUL, half an emoji, keys in an order: whatever agents say comes as it went.
    const odd = { b: 'a\u0000b \ud83d', a: [1, 'é'] };
    await client.add('one', odd);
    await client.add('one', { other: true });
    expect(await client.look('one')).toMatchObject({ state: 'waiting', job: odd, stop: false });
    const { job, end } = await new Taker(host, 2).next(1);
    expect(JSON.stringify(job.job)).toBe(JSON.stringify(odd));
    // What happens while an engine begins to listen is not heard: it is said again.
    await until(async () => {
      await job.tell({ text: 'half\u0000way' });
      return news.length > 0;
    });
    expect(await client.look('one')).toMatchObject({ state: 'active', told: { text: 'half\u0000way' } });
    expect(await client.remove('one')).toBe('held');
    end({ text: 'a\u0000b' });
    await until(async () => (await client.look('one'))?.state === 'done');
    expect(await client.look('one')).toMatchObject({ state: 'done', result: { text: 'a\u0000b' } });
    expect(news).toContainEqual(['one', { text: 'half\u0000way' }]);
    expect(await client.remove('one')).toBe('removed');
    expect(await client.look('one')).toBeUndefined();
    expect(await client.remove('one')).toBe('removed');
  });

  test('a word to stop is found by who has the job, and told', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    await client.add('one', { n: 1 });
    const { job, end } = await new Taker(host, 1).next(1);
    const told: string[] = [];
    host.onNews((id) => void told.push(id));
    expect(job.stop).toBe(false);
    await until(async () => {
      await client.askToStop('one');
      return told.includes('one');
    });
    expect(await host.look('one')).toMatchObject({ state: 'active', stop: true, job: { n: 1 } });
    end({ stopped: true });
  });

  test('a job that is given back is for whoever takes next, and one that waits can be removed', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    await client.add('one', { n: 1 });
    const taker = new Taker(host, 1);
    (await taker.next(1)).end(undefined);
    const again = await taker.next(2);
    expect(again.job.job).toEqual({ n: 1 });
    await client.add('two', { n: 2 });
    expect(await client.remove('two')).toBe('removed');
    again.end({ done: true });
  });

  test('bytes are kept as they were first, for everybody, until somebody forgets them', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 31) % 256);
    expect(await host.pieces.fetch('a-0')).toBeUndefined();
    await client.pieces.keep('a-0', bytes);
    await client.pieces.keep('a-0', Uint8Array.of(1));
    expect(Buffer.from((await host.pieces.fetch('a-0')) ?? []).equals(bytes)).toBe(true);
    expect([await host.pieces.isKept('a-0'), await host.pieces.isKept('a-1')]).toEqual([true, false]);
    await host.pieces.forget('a-0');
    await host.pieces.forget('a-0');
    expect([await client.pieces.fetch('a-0'), await client.pieces.isKept('a-0')]).toEqual([undefined, false]);
    // A part of a larger one's bytes is told apart from the whole.
    await client.pieces.keep('part', bytes.subarray(3, 5));
    expect([...((await host.pieces.fetch('part')) ?? [])]).toEqual([93, 124]);
  });

  test('a note stands until it is replaced or taken away, and is the same for every connection', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    expect(await host.notes.noted('client-r')).toBeUndefined();
    await client.notes.forget('client-r');
    await client.notes.note('client-r', { b: 'a\u0000b', a: 1 });
    await client.notes.note('client-r', { b: 'a\u0000c', a: 2 });
    expect(await host.notes.noted('client-r')).toEqual({ b: 'a\u0000c', a: 2 });
    await client.notes.forget('client-r');
    expect(await host.notes.noted('client-r')).toBeUndefined();
  });

  test('a question is answered by one of those who answer under its name, and by nobody else', async () => {
    const connect = await open();
    const [client, host, another] = [await connect(), await connect(), await connect()];
    expect(await client.questions.ask('alpha', { n: 0 }, 300)).toBeUndefined();
    const told: unknown[] = [];
    const answering = ['one', 'two'].map((by) =>
      host.questions.answer('alpha', async (question) => {
        told.push(question);
        return { by, text: 'a\u0000b' };
      }),
    );
    answering.push(another.questions.answer('beta', async () => ({ by: 'nobody' })));
    onTestFinished(async () => void (await Promise.all(answering.map((each) => each.close()))));
    const answer = await client.questions.ask('alpha', { n: 1 }, 10_000);
    expect(answer).toEqual({ by: expect.stringMatching(/one|two/), text: 'a\u0000b' });
    expect(told).toEqual([{ n: 1 }]);
    await Promise.all(answering.slice(0, 2).map((each) => each.close()));
    expect(await client.questions.ask('alpha', { n: 2 }, 300)).toBeUndefined();
  });

  test('no more are taken at once than the cap over all hosts says, whatever their slots', async () => {
    const connect = await open();
    const client = await connect();
    expect(await client.cap.get()).toBeUndefined();
    await client.cap.set(2);
    expect(await client.cap.get()).toBe(2);
    const takers = [new Taker(await connect(), 2), new Taker(await connect(), 2)];
    const all = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const id of all) await client.add(id, {});
    const ended = new Set<object>();
    let most = 0;
    await until(async () => {
      const taken = takers.flatMap((taker) => taker.taken);
      // Whoever was ended has made room for at most one more.
      most = Math.max(most, taken.length - ended.size);
      for (const each of taken.filter((every) => !ended.has(every))) {
        ended.add(each);
        each.end({});
      }
      const looks = await Promise.all(all.map((id) => client.look(id)));
      return looks.every((look) => look?.state === 'done');
    });
    expect(ended.size).toBe(all.length);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('a rate over all hosts is kept, and one job after another begun by it', async () => {
    const connect = await open();
    const client = await connect();
    expect(await client.rate.get()).toBeUndefined();
    await client.rate.set(120);
    expect(await client.rate.get()).toBe(120);
    if (isFake) return;
    for (const id of ['a', 'b', 'c']) await client.add(id, {});
    const takers = [new Taker(await connect(), 2), new Taker(await connect(), 2)];
    const begun = (): number[] => takers.flatMap(({ takenAt }) => takenAt).sort((a, b) => a - b);
    await until(async () => begun().length === 3);
    const [first = 0, , third = 0] = begun();
    // Half a second each, told by the server's clock.
    expect(third - first).toBeGreaterThan(900);
  });

  test('a word is heard by all who listen, whoever says it', async () => {
    const connect = await open();
    const [one, two] = [await connect(), await connect()];
    const heard: [string, unknown][] = [];
    one.onWord((word) => void heard.push(['one', word]));
    const off = two.onWord((word) => void heard.push(['two', word]));
    const word = { odd: 'a\u0000b' };
    await until(async () => {
      await two.tellAll(word);
      return heard.some(([who]) => who === 'one') && heard.some(([who]) => who === 'two');
    });
    expect(heard).toContainEqual(['one', word]);
    off();
    const more = (): string[] => heard.filter(([, said]) => 'more' in Object(said)).map(([who]) => who);
    await until(async () => {
      await one.tellAll({ more: 1 });
      return more().length > 0;
    });
    expect(more()).not.toContain('two');
  });

  test('who may take no more takes no more, and goes on when it may, whatever else it has under way', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    const taker = new Taker(host, 2);
    taker.atMost(1);
    for (const id of ['a', 'b', 'c']) await client.add(id, {});
    const first = await taker.next(1);
    expect((await client.look('b'))?.state).toBe('waiting');
    taker.atMost(2);
    const second = await taker.next(2);
    taker.atMost(0);
    for (const { end } of [first, second]) end({});
    await until(async () => (await client.look('b'))?.state === 'done');
    expect((await client.look('c'))?.state).toBe('waiting');
    taker.atMost(1);
    (await taker.next(3)).end({});
    await until(async () => (await client.look('c'))?.state === 'done');
  });

  test('a job that a host cannot carry out says so to the next', async () => {
    const connect = await open();
    const [client, host] = [await connect(), await connect()];
    await client.add('one', { n: 1 });
    const taker = new Taker(host, 1);
    const first = await taker.next(1);
    expect(first.job.returns).toBe(0);
    await first.job.countReturn();
    first.end(undefined);
    const second = await taker.next(2);
    expect(second.job).toMatchObject({ returns: 1, job: { n: 1 }, stop: false });
    second.end({});
  });
}
