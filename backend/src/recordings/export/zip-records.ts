import { japanTime } from './file-name.ts';

/*
 * The records of a ZIP (PKWARE APPNOTE 6.3.10) whose files are written as they come: sizes and checksum follow each
 * file in its descriptor, and stand in the list at the end, by which unpackers go.
 */

/** What is known of a file before its first byte. */
export interface ZipFileHead {
  /** In UTF-8. */
  name: Buffer;
  modifiedAt: Date;
  isDeflated: boolean;
}

/** What is known of a file after its last one. */
export interface ZipFileEnd {
  crc32: number;
  /** As it lies in the archive. */
  storedBytes: number;
  sizeBytes: number;
}

export type ListedZipFile = ZipFileHead & ZipFileEnd & { offset: number };

const LOCAL_HEADER = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const LISTED = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;

/** 4.4.4: bit 3, sizes follow the file; bit 11, the name is UTF-8. */
const FLAGS = (1 << 3) | (1 << 11);
const STORED = 0;
const DEFLATED = 8;
/** 4.4.3: 2.0 knows deflate, 4.5 knows ZIP64. */
const NEEDS = 20;
const NEEDS_64 = 45;
/** 4.4.2: made on UNIX, whose mode stands in the upper half of the external attributes: a plain file, `-rw-r--r--`. */
const MADE_BY = (3 << 8) | NEEDS_64;
const MODE = 0o100644;
/** 4.4.1.4: in a field of 32 or 16 bits, "it stands in the ZIP64 record". */
const IN_ZIP64 = 0xffffffff;
const COUNT_IN_ZIP64 = 0xffff;
const ZIP64_FIELD = 0x0001;
/** Info-ZIP's extended timestamp: seconds of UTC. The DOS time has no zone, and is Japan's. */
const TIMESTAMP_FIELD = 0x5455;

type Field = readonly [bytes: 2 | 4 | 8, value: number];

function fields(...all: Field[]): Buffer {
  const record = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 8) record.writeBigUInt64LE(BigInt(value), at);
    else record.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return record;
}

/** 4.4.6, MS-DOS: seven bits of years since 1980, two seconds the smallest step. */
function dosTime(at: Date): Field[] {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = japanTime(at).split(/[- :]/).map(Number);
  const time = (hour << 11) | (minute << 5) | (second >> 1);
  return [
    [2, time],
    [2, ((year - 1980) << 9) | (month << 5) | day],
  ];
}

const timestamp = (at: Date) =>
  Buffer.concat([fields([2, TIMESTAMP_FIELD], [2, 5]), Buffer.of(1), fields([4, Math.floor(at.getTime() / 1000)])]);

/** 4.3.7 */
export function localHeader({ name, modifiedAt, isDeflated }: ZipFileHead): Buffer {
  const extra = timestamp(modifiedAt);
  return Buffer.concat([
    fields([4, LOCAL_HEADER], [2, NEEDS], [2, FLAGS], [2, isDeflated ? DEFLATED : STORED], ...dosTime(modifiedAt)),
    fields([4, 0], [4, 0], [4, 0], [2, name.length], [2, extra.length]),
    name,
    extra,
  ]);
}

/** 4.3.9: with sizes of 64 bits for a file that needs them. */
export function descriptor({ crc32, storedBytes, sizeBytes }: ZipFileEnd): Buffer {
  const bytes = Math.max(storedBytes, sizeBytes) >= IN_ZIP64 ? 8 : 4;
  return fields([4, DESCRIPTOR], [4, crc32], [bytes, storedBytes], [bytes, sizeBytes]);
}

/** 4.3.12: a file in the list. */
export function listed(file: ListedZipFile): Buffer {
  const { name, modifiedAt, isDeflated, crc32, sizeBytes, storedBytes, offset } = file;
  const is64 = Math.max(sizeBytes, storedBytes, offset) >= IN_ZIP64;
  const zip64 = is64 ? fields([2, ZIP64_FIELD], [2, 24], [8, sizeBytes], [8, storedBytes], [8, offset]) : Buffer.of();
  const extra = Buffer.concat([timestamp(modifiedAt), zip64]);
  const told = (value: number): Field => [4, is64 ? IN_ZIP64 : value];
  const method = isDeflated ? DEFLATED : STORED;
  return Buffer.concat([
    fields([4, LISTED], [2, MADE_BY], [2, is64 ? NEEDS_64 : NEEDS], [2, FLAGS], [2, method], ...dosTime(modifiedAt)),
    fields([4, crc32], told(storedBytes), told(sizeBytes), [2, name.length], [2, extra.length]),
    fields([2, 0], [2, 0], [2, 0], [4, MODE * 2 ** 16], told(offset)),
    name,
    extra,
  ]);
}

/** 4.3.14 to 4.3.16: how many files there are, and where their list is. */
export function archiveEnd(count: number, listOffset: number, listBytes: number): Buffer {
  const is64 = count >= COUNT_IN_ZIP64 || Math.max(listOffset, listBytes) >= IN_ZIP64;
  const [told, where, long] = is64 ? [COUNT_IN_ZIP64, IN_ZIP64, IN_ZIP64] : ([count, listOffset, listBytes] as const);
  const end = fields([4, END], [2, 0], [2, 0], [2, told], [2, told], [4, long], [4, where], [2, 0]);
  if (!is64) return end;
  const afterItself = 44;
  return Buffer.concat([
    fields([4, END_64], [8, afterItself], [2, MADE_BY], [2, NEEDS_64], [4, 0], [4, 0]),
    fields([8, count], [8, count], [8, listBytes], [8, listOffset]),
    fields([4, END_64_LOCATOR], [4, 0], [8, listOffset + listBytes], [4, 1]),
    end,
  ]);
}
