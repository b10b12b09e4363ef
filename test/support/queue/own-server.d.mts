/** Where the programs are that can be started; `undefined` where they are not installed. */
export function redisServer(): string | undefined;
/** Folder of PostgreSQL's programs. */
export function postgresFolder(): string | undefined;

export interface ServerOptions {
  /** For everything it keeps; nobody else's. */
  readonly dir: string;
  /** In its URL. */
  readonly password: string;
  /** Of an address that only this machine has, unless it is said. */
  readonly address?: string;
  /** Network namespace it is to listen in. */
  readonly namespace?: string;
  /** Redis: what it was told outlives it. PostgreSQL's always does. */
  readonly appendOnly?: boolean;
}

export interface OwnServer {
  readonly url: string;
  /** At once, as it stands: no client is told. */
  stop(): Promise<void>;
  /** On the same port, with what it had kept. */
  startAgain(): Promise<void>;
}

export function startRedis(program: string, options: ServerOptions): Promise<OwnServer>;
export function startPostgres(bin: string, options: ServerOptions): Promise<OwnServer>;
