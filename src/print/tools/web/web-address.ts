/**
 * Which addresses lie inside: this machine, its network, the cloud's metadata. A page may tell a model to go there, and what
 * answers there takes whoever comes for one of its own.
 */
import { lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const INSIDE_V4: readonly (readonly [address: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** All of the internet is in here, and these few are no part of it: what carries an IPv4 address in it may lead anywhere. */
const INTERNET_V6 = ['2000::', 3] as const;
const INSIDE_V6: readonly (readonly [address: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const inside = new BlockList();
for (const [address, bits] of INSIDE_V4) inside.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of INSIDE_V6) inside.addSubnet(address, bits, 'ipv6');
const internet = new BlockList();
internet.addSubnet(...INTERNET_V6, 'ipv6');

/** `address`: without brackets. */
export function isInside(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return inside.check(address, 'ipv4');
    case 6:
      return address.includes('%') || !internet.check(address, 'ipv6') || inside.check(address, 'ipv6');
    default:
      return true;
  }
}

/** The host of an URL that is an address, without brackets; `undefined` where it is a name. */
export function literalAddress({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? undefined : bare;
}

export class InsideAddress extends Error {
  override readonly name = 'InsideAddress';
}

/** Resolves names to addresses outside alone. It is what the connection itself asks: no second answer can differ from the one that was looked at. */
export const outsideLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const outside = addresses.filter(({ address }) => !isInside(address));
    const first = outside[0];
    if (first === undefined) {
      const where = addresses.map(({ address }) => address).join(', ');
      return callback(new InsideAddress(`${hostname} is ${where}`), '', 0);
    }
    if (options.all === true) return callback(null, outside);
    callback(null, first.address, first.family);
  });
};
