/** Which session this call is: a new one, one that goes on, or a fork of one; and where it is kept. */
import { readFile } from 'node:fs/promises';
import type { Program } from '../../core/program.ts';
import type { ConversationMessage } from '../api/model.ts';
import type { AccountState } from '../models/account.ts';
import type { PrintOptions } from '../options.ts';
import { isUuid, uuidFrom } from '../uuid.ts';
import { type KeptSession, readSession } from './read-session.ts';
import {
  findSession,
  latestSessions,
  type SessionPlaces,
  sessionFile,
  sessionIdOf,
  sessionPlaces,
} from './session-places.ts';

export interface OpenedSession extends Earlier {
  readonly sessionId: string;
  /** Where it is kept; `undefined` where it is not. */
  readonly file: string | undefined;
  /** What that file holds; `undefined` for a new one, into which a fork's history is still to be written. */
  readonly kept: KeptSession | undefined;
}

export type SessionOpening = { readonly kind: 'opened'; readonly session: OpenedSession } | Refusal;

/** `unknownId`: there is no session of this id, which was asked for. */
interface Refusal {
  readonly kind: 'refused';
  readonly message: string;
  readonly unknownId?: string;
}

/** Of earlier lives of the session, or of the one that this is a fork of. */
interface Earlier {
  readonly history: readonly ConversationMessage[];
  /** What the API counted up to the last reply in it, where that is known. */
  readonly historyTokens: number | undefined;
  readonly cost: AccountState | undefined;
}

function earlierOf(kept: KeptSession | undefined): Earlier {
  return { history: kept?.messages ?? [], historyTokens: kept?.tokens, cost: kept?.cost };
}

type Wishes = Pick<PrintOptions, 'sessionId' | 'resume' | 'continues' | 'forks' | 'persists'>;

export async function openSession(program: Program, wishes: Wishes): Promise<SessionOpening> {
  const problem = contradiction(wishes);
  if (problem !== undefined) return refused(problem);
  const places = sessionPlaces(program);
  const source = await sourceOf(places, wishes);
  if (source.kind === 'refused') return source;
  if (source.file !== undefined && !wishes.forks) return opened(source.file, source.kept, wishes);
  const sessionId = wishes.sessionId ?? uuidFrom(program.random);
  if (
    wishes.sessionId !== undefined &&
    places !== undefined &&
    (await findSession(places, sessionId)) !== undefined
  ) {
    return refused(`Error: Session ID ${sessionId} is already in use.`);
  }
  const file = places === undefined || !wishes.persists ? undefined : sessionFile(places, sessionId);
  return {
    kind: 'opened',
    session: { ...earlierOf(source.kept), sessionId, file, kept: undefined },
  };
}

function contradiction({ sessionId, resume, continues, forks }: Wishes): string | undefined {
  const goesOn = resume !== undefined || continues;
  return sessionId !== undefined && goesOn && !forks
    ? 'Error: --session-id with --continue or --resume also needs --fork-session.'
    : undefined;
}

type Source =
  | { readonly kind: 'found'; readonly file: string | undefined; readonly kept: KeptSession | undefined }
  | Refusal;

const NEW: Source = { kind: 'found', file: undefined, kept: undefined };
const USAGE =
  'Error: --resume requires a valid session ID when used with --print. Usage: andwait-print -p --resume <session-id>';

async function sourceOf(places: SessionPlaces | undefined, { resume, continues }: Wishes): Promise<Source> {
  if (resume !== undefined) {
    if (resume === '') return refused(USAGE);
    if (!isUuid(resume)) return refused(`${USAGE}. Provided value "${resume}" is not a UUID.`);
    const file = places === undefined ? undefined : await findSession(places, resume);
    const kept = file === undefined ? undefined : await keptIn(file);
    if (file === undefined || kept === undefined || kept.messages.length === 0) {
      return { ...refused(`No conversation found with session ID: ${resume}`), unknownId: resume };
    }
    return { kind: 'found', file, kept };
  }
  if (!continues || places === undefined) return NEW;
  for (const file of await latestSessions(places)) {
    const kept = await keptIn(file);
    if (kept !== undefined && kept.messages.length > 0) return { kind: 'found', file, kept };
  }
  return NEW;
}

function opened(file: string, kept: KeptSession | undefined, { persists }: Wishes): SessionOpening {
  return {
    kind: 'opened',
    session: {
      ...earlierOf(kept),
      sessionId: sessionIdOf(file),
      file: persists ? file : undefined,
      kept,
    },
  };
}

async function keptIn(file: string): Promise<KeptSession | undefined> {
  return await readFile(file, 'utf8').then(readSession, () => undefined);
}

function refused(message: string): Refusal {
  return { kind: 'refused', message };
}
