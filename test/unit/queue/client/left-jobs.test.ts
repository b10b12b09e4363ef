/** A run whose client was killed, and that a person wants no more of. */
import { expect, test } from 'vitest';
import { clearLeftJobs } from '../../../../src/queue/client/left-jobs.ts';
import { jobIdOf } from '../../../../src/queue/client/queue-backend.ts';
import { call, Heard, never, QueueRig, said } from '../../../support/queue/queue-rig.ts';

test('what waits is taken out, agents are ended, and what was answered is kept for a resume', async () => {
  const rig = new QueueRig();
  const { agents } = rig.worker('one', 2);
  for (const prompt of ['answered', 'recorded', 'running', 'waiting']) await rig.deadClient(call(prompt));
  const [answered, recorded] = await agents.started(2);
  answered?.end(said('paid for'));
  recorded?.end(said('known'));
  const [, , running] = await agents.started(4);
  for (const prompt of ['second', 'third']) await rig.deadClient(call(prompt));
  const left = ['answered', 'recorded', 'running', 'waiting', 'second', 'third', 'unsent'].map((prompt) => {
    return { key: call(prompt).key, isSettled: prompt === 'recorded' };
  });
  const cleared = await clearLeftJobs(rig.server.connect(), 'r', left);
  await rig.settle();
  expect(running?.call.prompt).toBe('running');
  expect(cleared).toEqual({ removed: 2, stopping: 2 });
  const stateOf = (prompt: string) => rig.server.jobs.get(jobIdOf('r', call(prompt).key))?.state;
  expect(['answered', 'recorded', 'second'].map(stateOf)).toEqual(['done', undefined, undefined]);
  expect(rig.server.notes.size).toBe(0);
  const resumed = rig.client().run(call('answered'), new Heard(), never);
  expect(await resumed).toMatchObject(said('paid for'));
});
