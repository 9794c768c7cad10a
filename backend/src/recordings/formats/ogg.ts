/*
 * Ogg pages (RFC 3533, 6), as far as a stream that we encoded ourselves needs them.
 *
 *   0-3    OggS          6-13   granule position      18-21  page sequence number    26    number of lacing values
 *   5      flags         14-17  serial number         22-25  CRC                     27-   lacing values, then packets
 */

const CAPTURE = 0x5367674f; // "OggS", little-endian
const HEAD_BYTES = 27;
const CRC_POLYNOMIAL = 0x04c11db7;
const LARGEST_LACING = 255;

/** Header, as many lacing values as there can be, and their packets. */
export const LARGEST_PAGE_BYTES = HEAD_BYTES + LARGEST_LACING + LARGEST_LACING * LARGEST_LACING;

export class MalformedOggError extends Error {
  override readonly name = 'MalformedOggError';
}

export interface OggPage {
  /** Size of the whole page. */
  bytes: number;
  granule: number;
  sequence: number;
  /** Length of each packet that ends on this page. */
  packets: number[];
  /** Offset of the first packet within the page. */
  bodyOffset: number;
}

/**
 * @param at offset of a page within `bytes`
 * @throws MalformedOggError when there is no whole page, or its checksum is wrong
 */
export function readPage(bytes: Buffer, at: number): OggPage {
  if (bytes.length < at + HEAD_BYTES || bytes.readUInt32LE(at) !== CAPTURE) throw new MalformedOggError('no page');
  const bodyOffset = HEAD_BYTES + bytes.readUInt8(at + 26);
  const lacing = bytes.subarray(at + HEAD_BYTES, at + bodyOffset);
  const size = bodyOffset + lacing.reduce((sum, value) => sum + value, 0);
  if (bytes.length < at + size) throw new MalformedOggError('page is cut off');
  const page = bytes.subarray(at, at + size);
  if (crcOf(page) !== page.readUInt32LE(22)) throw new MalformedOggError('page is altered');
  return {
    bytes: size,
    granule: Number(page.readBigInt64LE(6)),
    sequence: page.readUInt32LE(18),
    packets: packetsOf(lacing),
    bodyOffset,
  };
}

/** A packet shorter than the 255 a lacing value can say ends with that value. */
function packetsOf(lacing: Uint8Array): number[] {
  const packets: number[] = [];
  let length = 0;
  for (const value of lacing) {
    length += value;
    if (value === LARGEST_LACING) continue;
    packets.push(length);
    length = 0;
  }
  return packets;
}

/**
 * @param like another page of the stream: only its sequence number is changed
 * @returns the page as it would stand in another place of its stream
 */
export function renumbered(like: Buffer, sequence: number): Buffer {
  const page = Buffer.from(like);
  page.writeUInt32LE(sequence, 18);
  page.writeUInt32LE(crcOf(page), 22);
  return page;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = remainder < 0 ? (remainder << 1) ^ CRC_POLYNOMIAL : remainder << 1;
  return remainder >>> 0;
});

/** RFC 3533, 6, field 8: over the whole page with the checksum's own bytes taken as zero. */
function crcOf(page: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < page.length; at++) {
    const byte = at >= 22 && at < 26 ? 0 : (page[at] ?? 0);
    crc = ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0;
  }
  return crc;
}
