import { expect, test } from 'vitest';
import { withTranscript } from '../../../src/wire/with-transcript.ts';
import { RecordingWatch } from '../../support/agents/agent-run.ts';
import { agentCall, reply } from '../../support/calls.ts';

test('a transcript that is not whole is told, and the answer kept', async () => {
  const watch = new RecordingWatch();
  const transcript = { write: () => undefined, close: () => Promise.reject(new Error('no space')) };
  const outcome = await withTranscript(
    () => transcript,
    agentCall({ id: 1 }),
    watch,
    async () => reply('A'),
  );
  expect(outcome).toMatchObject({ text: 'A' });
  expect(watch.warnings).toEqual(['the transcript of call 1 is not whole: no space']);
});
