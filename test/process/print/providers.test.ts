/** Each provider on loopback: where the request goes, what proves who asks, what comes back, and what a person is told when it fails. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { FakeMessagesApi, reply } from '../../support/api/fake-messages-api.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Ended, JSON_FORMAT, runPrint, STREAM, startPrint } from './print-child.ts';

let api: FakeMessagesApi;
let home: string;

beforeEach(async () => {
  api = await FakeMessagesApi.start();
  home = temporaryFolder();
});
afterEach(async () => await api[Symbol.asyncDispose]());

const OPEN = { CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1', CLAUDE_CODE_SKIP_VERTEX_AUTH: '1' };

const bedrock = (): Record<string, string> => ({
  CLAUDE_CODE_USE_BEDROCK: '1',
  ANTHROPIC_BEDROCK_BASE_URL: api.url,
  AWS_EC2_METADATA_DISABLED: 'true',
});
const vertex = (): Record<string, string> => ({
  CLAUDE_CODE_USE_VERTEX: '1',
  ANTHROPIC_VERTEX_BASE_URL: `${api.url}/v1`,
  ANTHROPIC_VERTEX_PROJECT_ID: 'proj',
  METADATA_SERVER_DETECTION: 'none',
});
const foundry = (): Record<string, string> => ({
  CLAUDE_CODE_USE_FOUNDRY: '1',
  ANTHROPIC_FOUNDRY_BASE_URL: `${api.url}/anthropic`,
  ANTHROPIC_FOUNDRY_API_KEY: 'foundry-key',
});

async function ask(env: Record<string, string>, args: readonly string[] = []): Promise<Ended> {
  return await runPrint({ args: ['-p', 'ECHO:hello', ...JSON_FORMAT, ...args], env: { HOME: home, ...env } });
}

const resultOf = ({ events }: Ended): JsonObject => events.at(-1) ?? {};

function server(answer: object | string): Promise<{ readonly url: string; readonly paths: string[] }> {
  const paths: string[] = [];
  const http = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json', 'metadata-flavor': 'Google' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  onTestFinished(() => void http.closeAllConnections());
  onTestFinished(() => void http.close());
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, paths }),
    );
  });
}

describe('a whole call', () => {
  test.each<[string, () => Record<string, string>, string, JsonObject, JsonObject]>([
    [
      'Bedrock',
      () => ({ ...bedrock(), ...OPEN, AWS_REGION: 'eu-west-1' }),
      '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke-with-response-stream',
      { anthropic_version: 'bedrock-2023-05-31' },
      { costUSD: 0.0006 },
    ],
    [
      'Vertex',
      () => ({ ...vertex(), ...OPEN, CLOUD_ML_REGION: 'europe-west1' }),
      '/v1/projects/proj/locations/europe-west1/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict',
      { anthropic_version: 'vertex-2023-10-16', stream: true },
      { costUSD: 0.0006 },
    ],
    [
      'Foundry',
      foundry,
      '/anthropic/v1/messages',
      { model: 'claude-sonnet-4-5', stream: true },
      { costUSD: 0.0006 },
    ],
  ])('%s: address, model, stream, price', async (_name, env, address, body, usage) => {
    const ended = await ask({ ...env(), ANTHROPIC_API_KEY: 'own-key' }, ['--model', 'sonnet']);
    expect(ended.code).toBe(0);
    const request = await api.request(1);
    expect([request.path, request.body]).toEqual([address, expect.objectContaining(body)]);
    expect(JSON.stringify(request.headers)).not.toContain('own-key');
    expect(resultOf(ended)).toMatchObject({ result: 'hello', is_error: false });
    expect(Object.values(resultOf(ended)['modelUsage'] as JsonObject)).toEqual([
      expect.objectContaining(usage),
    ]);
  });

  test('pieces of a Bedrock stream are told as they come, tools run', async () => {
    api.queue(reply().tool('Bash', { command: 'echo from the shell' }), reply().text('done'));
    const ended = await runPrint({
      args: ['-p', 'x', ...STREAM, '--include-partial-messages', '--allowedTools', 'Bash'],
      env: { HOME: home, ...bedrock(), ...OPEN },
    });
    expect(resultOf(ended)).toMatchObject({ result: 'done', num_turns: 2 });
    expect(ended.events.filter(({ type }) => type === 'stream_event').length).toBeGreaterThan(8);
    expect(JSON.stringify((await api.request(2)).messages)).toContain('from the shell');
  });

  test.each<[string, () => Record<string, string>, string]>([
    [
      'Bedrock',
      () => ({ ...bedrock(), ...OPEN, AWS_REGION: 'eu-west-1' }),
      '/model/eu.anthropic.claude-haiku-4-5-20251001-v1:0/invoke-with-response-stream',
    ],
    [
      'Vertex',
      () => ({ ...vertex(), ...OPEN, VERTEX_REGION_CLAUDE_HAIKU_4_5: 'europe-west4' }),
      '/v1/projects/proj/locations/europe-west4/publishers/anthropic/models/claude-haiku-4-5@20251001:streamRawPredict',
    ],
    ['Foundry', foundry, '/anthropic/v1/messages'],
  ])('%s: the small model that reads pages is asked there as well', async (_name, env, address) => {
    const site = await server('the page');
    api.queue(reply().tool('WebFetch', { url: site.url, prompt: 'what?' }), reply().text('read'));
    const ended = await ask(
      { ...env(), ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5-20251001', ANTHROPIC_API_KEY: 'own-key' },
      ['--allowedTools', 'WebFetch(domain:127.0.0.1)'],
    );
    expect(ended.code).toBe(0);
    const { path: asked, prompt, headers } = await api.request(2);
    expect([asked, prompt]).toEqual([address, expect.stringContaining('the page')]);
    expect(JSON.stringify(headers)).not.toContain('own-key');
  });

  test.each([
    ['VERTEX_REGION_CLAUDE_HAIKU_4_5', 'europe-west4', 'europe-west4'],
    ['VERTEX_REGION_CLAUDE_OPUS_5_5', 'europe-west4', 'us-east5'],
  ])('a region of the model’s own: %s=%s', async (name, value, region) => {
    await ask({ ...vertex(), ...OPEN, [name]: value }, ['--model', 'haiku']);
    expect((await api.request(1)).path).toContain(`/locations/${region}/`);
  });
});

describe('who asks', () => {
  const KEYS = {
    AWS_ACCESS_KEY_ID: 'AKIAENV',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
  };

  test('AWS keys sign the request, for the region', async () => {
    expect((await ask({ ...bedrock(), ...KEYS, AWS_REGION: 'us-west-2' })).code).toBe(0);
    const { headers } = await api.request(1);
    expect(headers).toMatchObject({
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAENV\/\d{8}\/us-west-2\/bedrock\//,
      ),
      'x-amz-security-token': 'session',
    });
  });

  test('a bearer token of Bedrock goes out instead of a signature', async () => {
    await ask({ ...bedrock(), ...KEYS, AWS_BEARER_TOKEN_BEDROCK: 'bearer' });
    expect((await api.request(1)).headers).toMatchObject({ authorization: 'Bearer bearer' });
  });

  test('an AWS profile', async () => {
    mkdirSync(path.join(home, '.aws'));
    writeFileSync(
      path.join(home, '.aws', 'credentials'),
      '[work]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n',
    );
    await ask({ ...bedrock(), AWS_PROFILE: 'work' });
    expect((await api.request(1)).headers.authorization).toContain('Credential=AKIAPROFILE/');
  });

  test('AWS credentials of a container, asked for once, and again when AWS refuses them', async () => {
    const container = await server({
      AccessKeyId: 'AKIACONTAINER',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2999-01-01T00:00:00Z',
    });
    api.queue(
      reply().tool('Bash', { command: 'ls' }),
      reply().status(403, { body: { message: 'The security token included in the request is expired' } }),
      reply().text('done'),
    );
    const ended = await ask(
      { ...bedrock(), AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials` },
      ['--allowedTools', 'Bash'],
    );
    expect(resultOf(ended)).toMatchObject({ result: 'done' });
    expect((await api.request(1)).headers.authorization).toContain('Credential=AKIACONTAINER/');
    expect(container.paths).toEqual(['/credentials', '/credentials']);
  });

  test('Google’s metadata server gives a token', async () => {
    const metadata = await server({ access_token: 'google-token', expires_in: 3600, token_type: 'Bearer' });
    const ended = await ask({
      ...vertex(),
      METADATA_SERVER_DETECTION: 'assume-present',
      GCE_METADATA_HOST: new URL(metadata.url).host,
    });
    expect(ended.code).toBe(0);
    expect((await api.request(1)).headers).toMatchObject({ authorization: 'Bearer google-token' });
  });

  test.each<[string, () => Record<string, string>]>([
    ['Bedrock', bedrock],
    ['Vertex', vertex],
  ])('a gateway before %s gets the token and the headers of the user, and no key', async (_name, env) => {
    await ask({
      ...env(),
      ...OPEN,
      ...KEYS,
      ANTHROPIC_API_KEY: 'own-key',
      ANTHROPIC_AUTH_TOKEN: 'gateway-token',
      ANTHROPIC_CUSTOM_HEADERS: 'X-Team: blue\nX-Note: a: b',
    });
    const { headers } = await api.request(1);
    expect(headers).toMatchObject({
      authorization: 'Bearer gateway-token',
      'x-team': 'blue',
      'x-note': 'a: b',
    });
    expect(headers).not.toHaveProperty('x-api-key');
  });

  test('Foundry: a key, or a token', async () => {
    await ask(foundry());
    expect((await api.request(1)).headers).toMatchObject({ 'x-api-key': 'foundry-key' });
    await ask({ ...foundry(), ANTHROPIC_FOUNDRY_API_KEY: '', ANTHROPIC_FOUNDRY_AUTH_TOKEN: 'entra' });
    const { headers } = await api.request(2);
    expect(headers).toMatchObject({ authorization: 'Bearer entra' });
    expect(headers).not.toHaveProperty('x-api-key');
  });
});

describe('what is missing is said at once, and no request is made', () => {
  test.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a project of Vertex',
      () => ({ ...vertex(), ...OPEN, ANTHROPIC_VERTEX_PROJECT_ID: '' }),
      /set ANTHROPIC_VERTEX_PROJECT_ID/,
    ],
    ['Google credentials', vertex, /^Could not load Google Cloud credentials\. Set GOOGLE_APPLICATION_CRED/],
    ['AWS credentials', bedrock, /^Could not load AWS credentials\. Set AWS_BEARER_TOKEN_BEDROCK/],
    [
      'a place of Foundry',
      () => ({ ...foundry(), ANTHROPIC_FOUNDRY_BASE_URL: '' }),
      /ANTHROPIC_FOUNDRY_RESOURCE or ANTHROPIC_FOUNDRY_BASE_URL, one of them: neither is set/,
    ],
    [
      'one place of Foundry, not two',
      () => ({ ...foundry(), ANTHROPIC_FOUNDRY_RESOURCE: 'res' }),
      /both are set/,
    ],
    [
      'a credential for Foundry',
      () => ({ ...foundry(), ANTHROPIC_FOUNDRY_API_KEY: '', ANTHROPIC_API_KEY: 'own-key' }),
      /no credential for Foundry: set ANTHROPIC_FOUNDRY_API_KEY/,
    ],
    [
      'a header',
      () => ({ ...foundry(), ANTHROPIC_CUSTOM_HEADERS: 'X-A: 1\nno header' }),
      /line 2 of ANTHROPIC_CUSTOM_HEADERS is no header/,
    ],
    [
      'the address of a proxy',
      () => ({ ...foundry(), HTTPS_PROXY: 'proxy.example:3128' }),
      /HTTPS_PROXY is no address of a proxy/,
    ],
    [
      'an address of the API',
      () => ({ ANTHROPIC_API_KEY: 'own-key', ANTHROPIC_BASE_URL: 'localhost:8080' }),
      /^ANTHROPIC_BASE_URL is "localhost:8080", which is no address of an API/,
    ],
    ...['BEDROCK', 'VERTEX', 'FOUNDRY'].map((name): [string, () => Record<string, string>, RegExp] => [
      `an address of ${name}`,
      () => ({ [`CLAUDE_CODE_USE_${name}`]: '1', [`ANTHROPIC_${name}_BASE_URL`]: 'ftp://host' }),
      new RegExp(`^ANTHROPIC_${name}_BASE_URL is "ftp://host", which is no address of an API`),
    ]),
  ])('%s', async (_name, env, message) => {
    const ended = await ask(env());
    expect(resultOf(ended)).toMatchObject({
      is_error: true,
      api_error_status: null,
      result: expect.stringMatching(message),
    });
    expect([ended.code, ended.stderr, api.requests.length]).toEqual([1, '', 0]);
  });
});

describe('what goes wrong on the other side', () => {
  const AWS = (message: string): JsonObject => ({ message });
  const GOOGLE = (message: string): JsonObject => ({ error: { code: 1, message, status: 'X' } });
  const AZURE = (message: string): JsonObject => ({ error: { code: 'x', message } });

  const PROVIDERS: [string, () => Record<string, string>, (message: string) => JsonObject, string][] = [
    ['Bedrock', () => ({ ...bedrock(), AWS_BEARER_TOKEN_BEDROCK: 'b' }), AWS, 'AWS refused the request: '],
    ['Vertex', () => ({ ...vertex(), ...OPEN }), GOOGLE, 'The gateway before Vertex AI refused the request '],
    ['Foundry', foundry, AZURE, 'Microsoft Foundry refused the request: '],
  ];

  test.each(PROVIDERS)('%s: a refusal, in its own words', async (_name, env, body, denied) => {
    api.queue(reply().status(403, { body: body('no access') }));
    const ended = await ask(env());
    expect(ended.code).toBe(1);
    const result = String(resultOf(ended)['result']);
    expect(result.startsWith(denied)).toBe(true);
    expect(result).toMatch(/API Error: 403 no access$/);
    expect(resultOf(ended)).toMatchObject({ api_error_status: 403 });
    expect(api.requests.length).toBe(1);
  });

  test.each(PROVIDERS)(
    '%s: too many requests, then a broken server, then an answer',
    async (_name, env, body) => {
      api.queue(
        reply().status(429, { body: body('slow down') }),
        reply().status(500, { body: body('broken') }),
        reply().text('at last'),
      );
      const ended = await runPrint({ args: ['-p', 'x', ...STREAM], env: { HOME: home, ...env() } });
      expect(
        ended.events
          .filter(({ subtype }) => subtype === 'api_retry')
          .map(({ error, error_status }) => [error, error_status]),
      ).toEqual([
        ['rate_limit', 429],
        ['server_error', 500],
      ]);
      expect(resultOf(ended)).toMatchObject({ result: 'at last', is_error: false });
    },
  );
});

test('the API’s own search is not offered on Bedrock, which has none', async () => {
  const args = ['--allowedTools', 'WebSearch'];
  await ask({ ...bedrock(), ...OPEN }, args);
  expect((await api.request(1)).toolNames).not.toContain('web_search');
  await ask({ ...vertex(), ...OPEN }, args);
  expect((await api.request(2)).toolNames).toContain('web_search');
});

describe('a proxy', () => {
  /** The stand-in API as the proxy: a plain request comes with the whole address in its first line. */
  const through = (over: Record<string, string>): Record<string, string> => ({
    ANTHROPIC_API_KEY: 'k',
    ...over,
  });

  test('is asked for what is elsewhere', async () => {
    const ended = await ask(through({ ANTHROPIC_BASE_URL: 'http://api.example', HTTP_PROXY: api.url }));
    expect(resultOf(ended)).toMatchObject({ result: 'hello' });
    expect((await api.request(1)).path).toBe('http://api.example/v1/messages');
  });

  test('is asked for a tunnel to what speaks TLS, with the name and password of its address', async () => {
    const proxy = createServer();
    const asked = new Promise<unknown>((resolve) => {
      proxy.on('connect', ({ url, headers }, socket) => {
        resolve([url, headers['proxy-authorization']]);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
    });
    onTestFinished(() => void proxy.close());
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const proxyUrl = `http://user:hidden@127.0.0.1:${port}`;
    const { child, ended } = startPrint({
      args: ['-p', 'x', ...STREAM],
      env: { HOME: home, ...through({ ANTHROPIC_BASE_URL: 'https://api.example', https_proxy: proxyUrl }) },
    });
    const basic = `Basic ${Buffer.from('user:hidden').toString('base64')}`;
    expect(await asked).toEqual(['api.example:443', basic]);
    child.kill('SIGTERM');
    const { stdout, stderr } = await ended;
    expect(stdout + stderr).not.toMatch(/hidden/);
  });

  test('is asked for the AWS role of a web identity', async () => {
    const proxy = await server(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
    const file = path.join(home, 'token');
    writeFileSync(file, 'web-identity');
    const ended = await ask({
      ...bedrock(),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/r',
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ENDPOINT_URL_STS: 'http://sts.example',
      HTTP_PROXY: proxy.url,
      NO_PROXY: '127.0.0.1',
    });
    expect(resultOf(ended)).toMatchObject({ result: 'hello' });
    expect(proxy.paths).toEqual(['http://sts.example/']);
    expect((await api.request(1)).headers.authorization).toContain('Credential=AKIAROLE/');
  });

  test('is not asked for what NO_PROXY names', async () => {
    const ended = await ask(
      through({ ANTHROPIC_BASE_URL: api.url, HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' }),
    );
    expect(resultOf(ended)).toMatchObject({ result: 'hello' });
  });
});
