/** Texts in the formats that JSON Schema names. Formats are not enforced on models, but a sample should look right. */

import { slugOf } from './named-text.ts';
import type { Place } from './place.ts';

export function formatText(format: string, place: Place): string | undefined {
  return FORMATS[format]?.(place);
}

const FORMATS: Readonly<Record<string, (place: Place) => string>> = {
  'date-time': (place) => `${dateOf(place)}T${timeOf(place)}Z`,
  date: dateOf,
  time: (place) => `${timeOf(place)}Z`,
  duration: ({ subject }) => `PT${subject + 1}H`,
  email: ({ subject }) => `person${subject + 1}@example.com`,
  'idn-email': ({ subject }) => `person${subject + 1}@example.com`,
  hostname: ({ subject }) => `host${subject + 1}.example.com`,
  'idn-hostname': ({ subject }) => `host${subject + 1}.example.com`,
  ipv4: ({ subject }) => `192.0.2.${subject + 1}`,
  ipv6: ({ subject }) => `2001:db8::${(subject + 1).toString(16)}`,
  uri: (place) => `https://example.com/${slugOf(place)}`,
  url: (place) => `https://example.com/${slugOf(place)}`,
  iri: (place) => `https://example.com/${slugOf(place)}`,
  'uri-reference': (place) => `/${slugOf(place)}`,
  'iri-reference': (place) => `/${slugOf(place)}`,
  'uri-template': (place) => `https://example.com/${slugOf(place)}/{id}`,
  uuid: uuidOf,
  'json-pointer': (place) => `/${slugOf(place)}`,
  'relative-json-pointer': (place) => `1/${slugOf(place)}`,
  regex: ({ subject }) => `^item-${subject + 1}$`,
};

function dateOf({ subject }: Place): string {
  return `2026-01-${twoDigits(subject + 1)}`;
}

function timeOf({ subject }: Place): string {
  return `${twoDigits(8 + subject)}:${twoDigits((subject * 5) % 60)}:00`;
}

function uuidOf({ chance }: Place): string {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => chance.integer(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[chance.integer(0, 3)]}${hex(3)}-${hex(12)}`;
}

function twoDigits(number: number): string {
  return String(number % 100).padStart(2, '0');
}
