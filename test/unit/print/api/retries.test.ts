import { expect, test } from 'vitest';
import type { ApiFailure, ModelAnswer } from '../../../../src/print/api/model.ts';
import { answerWithRetries } from '../../../../src/print/api/retries.ts';
import type { ApiRetry } from '../../../../src/wire/events/event-writer.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { apiFailed, FakeModel, replied, said } from '../fake-model.ts';

async function asked(
  answers: readonly ModelAnswer[],
  chance = 0,
  maxRetries?: number,
): Promise<{ answer: ModelAnswer; announced: ApiRetry[]; failures: ApiFailure[] }> {
  const clock = new ManualClock();
  const announced: ApiRetry[] = [];
  const failures: ApiFailure[] = [];
  const request = { model: 'm', system: '', messages: [], tools: [], effort: undefined };
  const run = answerWithRetries(
    new FakeModel(answers),
    request,
    {
      clock,
      random: () => chance,
      maxRetries,
      announce: async (retry) => void announced.push(retry),
      onFailure: (failure) => void failures.push(failure),
    },
    new AbortController().signal,
  );
  return { answer: await clock.runUntil(run, 1_000_000), announced, failures };
}

const delays = (announced: readonly ApiRetry[]): number[] => announced.map(({ delayMs }) => delayMs);

test('ten retries, each pause twice the last, up to 32 s; then the failure', async () => {
  const always = Array.from({ length: 11 }, () => apiFailed({}));
  const { answer, announced, failures } = await asked(always);
  expect(delays(announced)).toEqual([500, 1000, 2000, 4000, 8000, 16000, 32000, 32000, 32000, 32000]);
  expect(answer).toBe(always[10]);
  expect(failures).toHaveLength(11);
});

test('no more retries than are wished for', async () => {
  const { answer, announced } = await asked([apiFailed({}), apiFailed({ message: 'last' })], 0, 1);
  expect(announced).toMatchObject([{ attempt: 1, maxRetries: 1 }]);
  expect(answer).toMatchObject({ message: 'last' });
});

test('chance adds up to a quarter', async () => {
  const { announced } = await asked([apiFailed({}), apiFailed({}), replied(said('x'))], 0.999);
  expect(delays(announced)).toEqual([625, 1250]);
});

test.each([
  ['longer than our own pause: theirs', 3000, 3000],
  ['shorter than our own pause: ours', 100, 500],
])('the API asks for a pause %s', async (_name, retryAfterMs, delay) => {
  const { announced } = await asked([apiFailed({ retryAfterMs }), replied(said('x'))]);
  expect(delays(announced)).toEqual([delay]);
});

test('a pause beyond five minutes is not waited for, and the message says how long it would be', async () => {
  const { answer, announced } = await asked([
    apiFailed({ message: 'API Error: 429 quota', retryAfterMs: 3_600_000 }),
  ]);
  expect(announced).toEqual([]);
  expect(answer).toMatchObject({
    message: 'API Error: 429 quota (the API asks for a pause of 3600 s: not waited for)',
  });
});

test('what would fail again is not tried again', async () => {
  const { answer, announced } = await asked([apiFailed({ status: 400, isRetryable: false })]);
  expect(announced).toEqual([]);
  expect(answer).toMatchObject({ kind: 'failure', status: 400 });
});
