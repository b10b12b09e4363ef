/** Whether looking for credentials failed on the way, and may work the next time: a cloud's packages say it in many ways. */

/** Node's codes, and Google's word for a metadata server that is slow. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

const LONGEST_CHAIN = 10;

export function isNetworkFailure(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < LONGEST_CHAIN && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string' && CODES.has(current.code)) return true;
    current = current.cause;
  }
  return false;
}
