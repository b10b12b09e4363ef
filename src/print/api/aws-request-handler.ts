/** Carries the requests for AWS credentials (roles, single sign-on) the way that all others go: through the proxy where there is one. */

/** As the AWS packages hand it over. */
interface AwsRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function awsRequestHandler(fetchThrough: typeof fetch) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: AwsRequest) {
      const { method, headers } = request;
      const body = request.body as RequestInit['body'];
      const response = await fetchThrough(addressOf(request), { method, headers, body: body ?? null });
      return {
        response: {
          statusCode: response.status,
          reason: response.statusText,
          headers: Object.fromEntries(response.headers),
          // Whole: they are small, and the AWS packages know no other stream than Node's own.
          body: new TextEncoder().encode(await response.text()),
        },
      };
    },
    destroy(): void {},
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
  };
}

function addressOf({ protocol, hostname, port, path, query }: AwsRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) search.append(name, one);
  }
  const place = port === undefined ? hostname : `${hostname}:${port}`;
  return `${protocol}//${place}${path}${search.size === 0 ? '' : `?${search}`}`;
}
