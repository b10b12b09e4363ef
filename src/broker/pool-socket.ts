/**
 * The broker's claim to the pool: the kernel's lock on a file says who is the one broker, never a guess about a socket
 * that was left behind; whoever has it removes what is left, listens under a new random name, and says where.
 */
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import { type Program, VERSION } from '../core/program.ts';
import { writeFileAtomic } from '../journal/atomic-file.ts';
import { openLocked } from '../journal/open-locked.ts';
import { systemPlaces } from '../wire/pool/pool-folder.ts';
import { makeOwnFolder, type PoolPlace, readSocketNote, readToken } from './pool-place.ts';

/** The system takes 107 bytes (103 on macOS); a name we cannot connect to is worth nothing. */
const MAX_SOCKET_BYTES = 100;
const SOCKET_NAME = /^s-[0-9a-f]+\.sock$/;
const SHORT_FOLDER = /^andwait-s-[0-9a-f]+$/;

export interface PoolClaim {
  readonly token: string;
  listen(server: net.Server): Promise<void>;
  /** Whether lock, socket and folder are still those that were claimed: somebody may have removed the state folder. */
  isOurs(): boolean;
  /** Removes the socket and gives the pool free. */
  release(): Promise<void>;
}

export type ClaimProgram = Pick<Program, 'random' | 'uid' | 'pid'>;

/** `undefined`: another broker lives. */
export async function claimPool(place: PoolPlace, program: ClaimProgram): Promise<PoolClaim | undefined> {
  makeOwnFolder(place.dir, program.uid);
  const lock = await openLocked(place.lockFile, 'exclusive');
  if (lock === undefined) return undefined;
  try {
    const token = readToken(place) ?? (await makeToken(place, program.random));
    removeLeftSockets(place, program.uid);
    return new HeldClaim(place, program, token, lock);
  } catch (error) {
    closeSync(lock);
    throw error;
  }
}

class HeldClaim implements PoolClaim {
  readonly token: string;
  readonly #place: PoolPlace;
  readonly #program: ClaimProgram;
  readonly #lock: number;
  #socket: string | undefined;

  constructor(place: PoolPlace, program: ClaimProgram, token: string, lock: number) {
    this.#place = place;
    this.#program = program;
    this.token = token;
    this.#lock = lock;
  }

  async listen(server: net.Server): Promise<void> {
    const { random, pid } = this.#program;
    const socket = socketPath(this.#place, random);
    this.#socket = socket;
    server.listen(socket);
    await once(server, 'listening');
    // Its folder lets nobody in anyway; where a folder's mode does not count for sockets, this does.
    chmodSync(socket, 0o600);
    const note = { path: socket, pid, version: VERSION };
    // Last: who reads it must find somebody listening.
    await writeFileAtomic(this.#place.socketNoteFile, `${JSON.stringify(note)}\n`);
  }

  isOurs(): boolean {
    try {
      return this.#hasLock() && (this.#socket === undefined || statSync(this.#socket).isSocket());
    } catch {
      return false;
    }
  }

  /** A lock on a file that has lost its name keeps nobody away. */
  #hasLock(): boolean {
    const named = statSync(this.#place.lockFile, { throwIfNoEntry: false });
    const held = fstatSync(this.#lock);
    return named?.ino === held.ino && named.dev === held.dev;
  }

  async release(): Promise<void> {
    if (this.#hasLock()) rmSync(this.#place.socketNoteFile, { force: true });
    if (this.#socket !== undefined) removeSocket(this.#socket);
    closeSync(this.#lock);
  }
}

/** Not guessable from a sandbox without read access to the folder. */
function socketPath({ dir }: PoolPlace, random: () => number): string {
  const name = `s-${randomHex(8, random)}.sock`;
  const socket = path.join(dir, name);
  if (Buffer.byteLength(socket) <= MAX_SOCKET_BYTES) return socket;
  const short = path.join(systemPlaces().temporary, `andwait-s-${randomHex(8, random)}`);
  // Fails when somebody has that name: it is ours alone, by being made.
  mkdirSync(short, { mode: 0o700 });
  return path.join(short, 's.sock');
}

async function makeToken({ tokenFile }: PoolPlace, random: () => number): Promise<string> {
  const token = randomHex(32, random);
  await writeFileAtomic(tokenFile, `${token}\n`);
  return token;
}

export function randomHex(bytes: number, random: () => number): string {
  const words = Array.from({ length: Math.ceil(bytes / 4) }, () => Math.floor(random() * 2 ** 32));
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
}

function removeLeftSockets(place: PoolPlace, uid: number): void {
  const left = readSocketNote(place)?.path;
  // What a note names is removed only where it can be nothing but a socket folder of ours.
  const folder = left === undefined ? undefined : path.dirname(left);
  const isShort = folder !== undefined && path.dirname(folder) === systemPlaces().temporary;
  if (left !== undefined && isShort && SHORT_FOLDER.test(path.basename(folder))) {
    if (statSync(folder, { throwIfNoEntry: false })?.uid === uid) removeSocket(left);
  }
  rmSync(place.socketNoteFile, { force: true });
  for (const name of readdirSync(place.dir)) {
    if (SOCKET_NAME.test(name)) rmSync(path.join(place.dir, name), { force: true });
  }
}

function removeSocket(socket: string): void {
  rmSync(socket, { force: true });
  const folder = path.dirname(socket);
  if (!SHORT_FOLDER.test(path.basename(folder))) return;
  try {
    rmdirSync(folder);
  } catch {
    // Gone, or not empty: then it is not only ours any more.
  }
}
