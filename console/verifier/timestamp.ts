/*
 * Reads what a time stamp (RFC 3161) says: over what, when, by whom. Whether its authority signed it is not found out here:
 * that takes the authority's certificate, which has to come another way, and `openssl ts -verify`.
 */

export interface Timestamp {
  /** SHA-256 of what was stamped, hex. */
  sha256: string;
  at: Date;
  /** Names the authority, as the certificate in the stamp has it; null = it brought none. */
  by: string | null;
}

const OCTETS = 0x04;
const GENERALIZED_TIME = 0x18;
/** [0], constructed: a tagged part of a structure. */
const TAGGED = 0xa0;
const SHA256_OID = '608648016503040201';
const COMMON_NAME_OID = '550403';
const ORGANIZATION_OID = '55040a';

/** A value of DER (ITU-T X.690, 10): its tag and its content. */
interface Der {
  tag: number;
  content: Uint8Array;
}

/** @throws Error for anything but a granted stamp over a SHA-256 */
export function parseTimestamp(answer: Uint8Array): Timestamp {
  const [, token] = within(only(answer));
  const [, tagged] = within(token);
  const [signedData] = within(tagged);
  const [, , encapsulated, ...rest] = within(signedData);
  const [, content] = within(encapsulated);
  const [octets] = within(content);
  if (octets?.tag !== OCTETS) throw new Error('not a time stamp');
  const [, , imprint, , time] = within(only(octets.content));
  const [algorithm, hash] = within(imprint);
  if (hexOf(within(algorithm)[0]) !== SHA256_OID) throw new Error('not SHA-256');
  return { sha256: hexOf(hash), at: parseTime(time), by: signerOf(rest) };
}

/** RFC 5280, 4.1.2.5.2, and RFC 3161, 2.4.2, which allows fractions. */
function parseTime(time: Der | undefined): Date {
  const text = new TextDecoder().decode(time?.content);
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text);
  if (time?.tag !== GENERALIZED_TIME || !match) throw new Error('not a time');
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime())) throw new Error('not a time');
  return at;
}

/** @param rest of a SignedData after what is signed (RFC 5652, 5.1) */
function signerOf(rest: readonly Der[]): string | null {
  const certificates = rest[0]?.tag === TAGGED ? within(rest[0]) : [];
  const [signer] = within(rest.at(-1));
  const [issuer, serial] = within(within(signer)[1]);
  for (const certificate of certificates) {
    const fields = within(within(certificate)[0]);
    const [number, , authority, , subject] = fields[0]?.tag === TAGGED ? fields.slice(1) : fields;
    if (!isSame(number, serial) || !isSame(authority, issuer)) continue;
    return nameOf(subject);
  }
  return null;
}

function nameOf(subject: Der | undefined): string | null {
  const values = within(subject)
    .flatMap((set) => within(set))
    .flatMap((attribute) => {
      const [type, value] = within(attribute);
      return [COMMON_NAME_OID, ORGANIZATION_OID].includes(hexOf(type))
        ? [new TextDecoder().decode(value?.content)]
        : [];
    });
  return values.length > 0 ? values.join(', ') : null;
}

const hexOf = (value: Der | undefined) =>
  Array.from(value?.content ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
const isSame = (one: Der | undefined, other: Der | undefined) => one !== undefined && hexOf(one) === hexOf(other);

function only(bytes: Uint8Array): Der {
  const [value] = valuesIn(bytes);
  if (!value) throw new Error('empty');
  return value;
}

const within = (value: Der | undefined): Der[] => valuesIn(value?.content ?? new Uint8Array(0));

function valuesIn(bytes: Uint8Array): Der[] {
  const values: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag = 0, short = 0] = bytes.subarray(at, at + 2);
    const lengthBytes = short < 0x80 ? 0 : short - 0x80;
    const start = at + 2 + lengthBytes;
    const length = lengthBytes === 0 ? short : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (lengthBytes > 4 || start + length > bytes.length) throw new Error('not DER');
    values.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}
