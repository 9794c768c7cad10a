import { describe, expect, it } from '@jest/globals';
import { archiveEnd, descriptor, listed, localHeader } from './zip-records.ts';

const LARGE = 5_000_000_000;
const FILE = {
  ...{ name: Buffer.from('録音/1.wav'), modifiedAt: new Date('2026-11-21T00:05:33Z'), isDeflated: false },
  ...{ crc32: 7, storedBytes: 100, sizeBytes: 100, offset: 0 },
};
const ZIP64 = 0xffffffff;

/** The content of an extra field (APPNOTE 4.5.1), which stands after the name. */
function extraOf(record: Buffer, from: number, nameBytes: number, id: number): Buffer | null {
  for (let at = from + nameBytes; at < record.length;) {
    const bytes = record.readUInt16LE(at + 2);
    if (record.readUInt16LE(at) === id) return record.subarray(at + 4, at + 4 + bytes);
    at += 4 + bytes;
  }
  return null;
}

describe('the time of a file', () => {
  it('is that of Japan where there is no zone, and UTC where seconds are counted', () => {
    const header = localHeader(FILE);
    // 2026-11-21 09:05:32, in the two words of MS-DOS.
    expect([header.readUInt16LE(12), header.readUInt16LE(10)]).toEqual([
      (46 << 9) | (11 << 5) | 21,
      (9 << 11) | (5 << 5) | 16,
    ]);
    expect(extraOf(header, 30, FILE.name.length, 0x5455)?.readUInt32LE(1)).toBe(FILE.modifiedAt.getTime() / 1000);
  });
});

describe('a file', () => {
  it.each(['sizeBytes', 'storedBytes', 'offset'])('whose %s needs more than 32 bits is listed with 64', (which) => {
    const record = listed({ ...FILE, [which]: LARGE });
    const told = extraOf(record, 46, FILE.name.length, 0x0001);
    const at = { sizeBytes: 0, storedBytes: 8, offset: 16 }[which] ?? -1;
    expect(told?.readBigUInt64LE(at)).toBe(BigInt(LARGE));
    expect([record.readUInt32LE(20), record.readUInt32LE(24), record.readUInt32LE(42)]).toEqual([ZIP64, ZIP64, ZIP64]);
  });

  it('that is small is listed as any unpacker reads it', () => {
    const record = listed(FILE);
    expect(extraOf(record, 46, FILE.name.length, 0x0001)).toBeNull();
    expect([record.readUInt32LE(20), record.readUInt32LE(24), record.readUInt16LE(6)]).toEqual([100, 100, 20]);
  });

  it('is followed by sizes of 64 bits only when it needs them', () => {
    expect(descriptor(FILE)).toHaveLength(16);
    const large = descriptor({ ...FILE, sizeBytes: LARGE, storedBytes: LARGE });
    expect([large.length, large.readBigUInt64LE(8), large.readBigUInt64LE(16)]).toEqual([
      24,
      BigInt(LARGE),
      BigInt(LARGE),
    ]);
  });
});

describe('the end of an archive', () => {
  it.each([
    [70_000, 1000],
    [3, LARGE],
  ])('of %i files with its list at %i points to one with 64 bits', (count, offset) => {
    const end = archiveEnd(count, offset, 500);
    expect([end.readUInt32LE(0), end.readBigUInt64LE(32), end.readBigUInt64LE(48)]).toEqual([
      0x06064b50,
      BigInt(count),
      BigInt(offset),
    ]);
    expect([end.readUInt32LE(56), end.readBigUInt64LE(64)]).toEqual([0x07064b50, BigInt(offset + 500)]);
    expect([end.readUInt16LE(76 + 10), end.readUInt32LE(76 + 16)]).toEqual([0xffff, ZIP64]);
  });

  it('of a small one is the plain one', () => {
    const end = archiveEnd(3, 1000, 500);
    expect([end.length, end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]).toEqual([22, 3, 500, 1000]);
  });
});
