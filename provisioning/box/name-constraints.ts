import { isIPv4 } from 'node:net';
import { Extension } from '@peculiar/x509';

export interface PermittedNames {
  hosts: string[];
  addresses: string[];
}

const ID_CE_NAME_CONSTRAINTS = '2.5.29.30';

/** RFC 1918, 3927 and 5735: addresses that mean something only inside one's own network. */
const PRIVATE_NETWORKS: [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
];

/** The extension of RFC 5280, 4.2.1.10: all private addresses, and of the rest only these. */
export function nameConstraints({ hosts, addresses }: PermittedNames): Extension {
  const networks = [...PRIVATE_NETWORKS, ...addresses.filter((it) => !isPrivate(it)).map((it) => [it, 32] as const)];
  const subtrees = [
    ...hosts.map((host) => tagged(0x82, Buffer.from(host, 'ascii'))),
    ...networks.map(([address, bits]) => tagged(0x87, Buffer.concat([octets(address), mask(bits)]))),
  ];
  const permitted = tagged(0xa0, Buffer.concat(subtrees.map((base) => tagged(0x30, base))));
  return new Extension(ID_CE_NAME_CONSTRAINTS, true, Uint8Array.from(tagged(0x30, permitted)));
}

/** Whether an authority made for `permitted` may vouch for `names`. */
export const permits = (permitted: PermittedNames, names: PermittedNames): boolean =>
  names.hosts.every((host) => permitted.hosts.includes(host)) &&
  names.addresses.every((address) => isPrivate(address) || permitted.addresses.includes(address));

const isPrivate = (address: string): boolean =>
  PRIVATE_NETWORKS.some(([network, bits]) => {
    const [a, b, m] = [octets(address), octets(network), mask(bits)].map((it) => it.readUInt32BE());
    return a !== undefined && b !== undefined && m !== undefined && (a & m) === (b & m);
  });

function octets(address: string): Buffer {
  if (!isIPv4(address)) throw new Error(`not an IPv4 address: ${address}`);
  return Buffer.from(address.split('.').map(Number));
}

const mask = (bits: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE((0xffffffff << (32 - bits)) >>> 0);
  return buffer;
};

/** DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
