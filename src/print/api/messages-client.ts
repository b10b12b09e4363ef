/**
 * What of Anthropic's SDK a session needs, in a chunk of its own: the client of the whole SDK brings every other resource of
 * the API along, three quarters of its start-up.
 */
import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { Messages } from '@anthropic-ai/sdk/resources/messages/messages';

export function messagesOf(options: ClientOptions): Messages {
  // Of its client a resource uses what the base has.
  return new Messages(new BaseAnthropic(options) as Anthropic);
}
