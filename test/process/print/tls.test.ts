/** Over TLS as over plain HTTP; a certificate that nobody vouches for ends the call, and says so. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reply } from '../../support/api/fake-messages-api.ts';
import { sendReply } from '../../support/api/fake-messages-wire.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, runPrint } from './print-child.ts';

/** Made for tests, for 127.0.0.1, its own authority. */
const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/tls');
const CERTIFICATE = path.join(FIXTURES, 'certificate.pem');

let server: Server;

beforeEach(async () => {
  const key = readFileSync(path.join(FIXTURES, 'key.pem'));
  server = createServer({ key, cert: readFileSync(CERTIFICATE) }, (request, response) => {
    request.resume().once('end', () => {
      const body = { model: 'm', stream: true };
      const dialect = { model: undefined, framing: 'server-sent-events' } as const;
      sendReply(response, reply().text('over TLS').script(), { n: 1, body, dialect });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function print(env: Readonly<Record<string, string>>): Promise<Ended> {
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const more = { HOME: temporaryFolder(), ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: url };
  return await runPrint({ args: ['-p', 'x'], env: { ...more, ...env } });
}

test('an authority named by NODE_EXTRA_CA_CERTS', async () => {
  expect(await print({ NODE_EXTRA_CA_CERTS: CERTIFICATE })).toMatchObject({ code: 0, stdout: 'over TLS\n' });
});

test('an authority that nobody named', async () => {
  const { code, stdout } = await print({ CLAUDE_CODE_MAX_RETRIES: '0' });
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining('self-signed certificate') as string,
  });
});
