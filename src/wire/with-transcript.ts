/** An agent's work between the opening and the closing of its transcript: what goes wrong with that is told, and harms no outcome. */
import type { AgentCall } from '../core/call.ts';
import type { Outcome } from '../core/outcome.ts';
import type { AgentWatch, OpenTranscript, TranscriptSink } from '../core/ports.ts';

export async function withTranscript(
  open: OpenTranscript,
  call: AgentCall,
  watch: AgentWatch,
  work: (transcript: TranscriptSink) => Promise<Outcome>,
): Promise<Outcome> {
  const transcript = open(call);
  const outcome = await work(transcript);
  await transcript.close().catch((error: Error) => {
    watch.warn(`the transcript of call ${call.id} is not whole: ${error.message}`);
  });
  return outcome;
}
