/**
 * Where in a value something stands, and what its making is drawn from. Outside of lists a value is drawn from the call,
 * so that calls differ; inside a list it is drawn from one of a few subjects, so that a script that drops what it has
 * seen before soon sees nothing new.
 */
import type { Json } from '../../core/json.ts';
import { Chance, hashOf } from './chance.ts';
import type { Schema } from './conjunction.ts';

/** How many different things all lists of a rehearsal are about. */
export const SUBJECTS = 12;

export interface Place {
  /** For people: `/findings/title`. */
  readonly path: string;
  /** The nearest property name. */
  readonly name: string;
  readonly depth: number;
  /** Which of the subjects it is about. */
  readonly subject: number;
  /** What the values here are drawn from. */
  readonly seed: string;
  /** 0 at first; after that values may be less usual. */
  readonly attempt: number;
  /** The how-many-eth call of this content. */
  readonly occurrence: number;
  readonly isListed: boolean;
  readonly chance: Chance;
}

/** What makes the parts of a value. Contract: `value` matches every schema given, or `Impossible` is thrown. */
export interface ValueMaker {
  value(schemas: readonly Schema[], place: Place): Json;
  accepted(schemas: readonly Schema[], value: Json): boolean;
  /** True where only what is required should be made. */
  isMinimal(place: Place): boolean;
}

export function rootPlace(key: string, occurrence: number): Place {
  const seed = `${key}*${occurrence}`;
  return place({
    attempt: 0,
    path: '',
    name: '',
    depth: 0,
    subject: hashOf(seed) % SUBJECTS,
    seed,
    occurrence,
    isListed: false,
  });
}

export function propertyPlace(parent: Place, name: string): Place {
  return place({
    ...parent,
    path: `${parent.path}/${name}`,
    name,
    depth: parent.depth + 1,
    seed: `${parent.seed}/${name}`,
  });
}

/** `subject` is what an entry is about: entries about the same subject are equal, in whichever call they appear. */
export function itemPlace(list: Place, subject: number): Place {
  const path = `${list.path}/*`;
  return place({
    ...list,
    path,
    depth: list.depth + 1,
    subject,
    seed: `${path}=${subject}`,
    isListed: true,
  });
}

/** The first attempt leaves everything as it is; later ones draw anew, all the way down. */
export function retried(at: Place, attempt: number): Place {
  if (attempt === 0) return at;
  const seed = `${at.seed}~${attempt}`;
  return place({
    ...at,
    seed,
    attempt,
    subject: (at.subject + 1 + (hashOf(seed) % (SUBJECTS - 1))) % SUBJECTS,
  });
}

function place(without: Omit<Place, 'chance'>): Place {
  return { ...without, chance: new Chance(without.seed) };
}
