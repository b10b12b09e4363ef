/** How the Messages API is spoken at each provider: where the model is named, and how the pieces of a stream are framed. */

export interface Dialect {
  /** `undefined`: the body says it. */
  readonly model: string | undefined;
  readonly framing: 'server-sent-events' | 'aws-event-stream';
}

/** A proxy is asked for the whole address. */
export function dialectOf(address: string): Dialect | undefined {
  const path = address.replace(/^http:\/\/[^/]+/, '');
  const bedrock = /^\/model\/([^/]+)\/invoke-with-response-stream$/.exec(path)?.[1];
  if (bedrock !== undefined) return { model: decodeURIComponent(bedrock), framing: 'aws-event-stream' };
  const vertex =
    /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/([^/:]+):streamRawPredict$/.exec(
      path,
    )?.[1];
  if (vertex !== undefined) return { model: decodeURIComponent(vertex), framing: 'server-sent-events' };
  return /^(\/anthropic)?\/v1\/messages(\?|$)/.test(path)
    ? { model: undefined, framing: 'server-sent-events' }
    : undefined;
}

/** One event as Bedrock sends it: base64 inside JSON inside a binary frame with two checksums. */
export function awsFrame(event: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  const payload = Buffer.from(JSON.stringify({ bytes }));
  const headers = Buffer.concat([
    awsHeader(':event-type', 'chunk'),
    awsHeader(':content-type', 'application/json'),
    awsHeader(':message-type', 'event'),
  ]);
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const message = Buffer.concat([prelude, checksum(prelude), headers, payload]);
  return Buffer.concat([message, checksum(message)]);
}

const STRING = 7;

function awsHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    Buffer.from(value),
  ]);
}

/** CRC-32; Node 20 has none of its own. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(~crc >>> 0);
  return sum;
}
