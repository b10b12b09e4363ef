/** Tells a conversation that the API finds too long from every other failure: it says so in words alone. */
import type { ApiFailure } from '../api/model.ts';

const TOO_LONG = /prompt is too long|exceeds? (the )?context (limit|window)|input is too long/i;

export function isOverflow({ status, message }: ApiFailure): boolean {
  return status === 413 || (status === 400 && TOO_LONG.test(message));
}
