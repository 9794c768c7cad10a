/*
 * Reads a ZIP archive (APPNOTE.TXT) where it lies: its list is at its end, each file is read through a slice of the Blob,
 * so that an archive of any size takes little memory. Only what archives of the box use: stored or deflated, no passwords.
 */

const END = 0x06054b50;
const END_BYTES = 22;
const MOST_COMMENT = 0xffff;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 0x0001;
const IN_ZIP64 = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const IS_ENCRYPTED = 0x0001;
/** What a list of files may take: some hundred thousand names. */
const MOST_LIST_BYTES = 64 * 1024 * 1024;

/** Not an archive, or not one that can be read. */
export class UnreadableArchiveError extends Error {
  override readonly name = 'UnreadableArchiveError';
}

export interface Part {
  name: string;
  sizeBytes: number;
  open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

interface Entry {
  name: string;
  method: number;
  flags: number;
  compressedBytes: number;
  sizeBytes: number;
  offset: number;
}

/**
 * @returns the files of an archive in the order of its list, without folders
 * @throws UnreadableArchiveError also when two files have the same name
 */
export async function readArchive(archive: Blob): Promise<Part[]> {
  const { start, length, count } = await findList(archive);
  if (length > MOST_LIST_BYTES || start + length > archive.size) throw new UnreadableArchiveError('list of files');
  const entries = parseList(await viewOf(archive, start, length), count);
  if (new Set(entries.map(({ name }) => name)).size < entries.length) {
    throw new UnreadableArchiveError('two files have the same name');
  }
  return entries
    .filter(({ name }) => !name.endsWith('/'))
    .map((entry) => ({ name: entry.name, sizeBytes: entry.sizeBytes, open: () => openEntry(archive, entry) }));
}

async function viewOf(archive: Blob, start: number, length: number): Promise<DataView> {
  const bytes = await archive.slice(start, start + length).arrayBuffer();
  if (bytes.byteLength < length) throw new UnreadableArchiveError('cut off');
  return new DataView(bytes);
}

/** 4.3.16, and 4.3.14 and 4.3.15 where a number does not fit. */
async function findList(archive: Blob): Promise<{ start: number; length: number; count: number }> {
  const tailStart = Math.max(0, archive.size - END_BYTES - MOST_COMMENT);
  const tail = await viewOf(archive, tailStart, archive.size - tailStart);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END || tail.getUint16(at + 20, true) !== tail.byteLength - END_BYTES - at)
      continue;
    const [count, length, start] = [
      tail.getUint16(at + 10, true),
      tail.getUint32(at + 12, true),
      tail.getUint32(at + 16, true),
    ];
    if (count < 0xffff && length < IN_ZIP64 && start < IN_ZIP64) return { start, length, count };
    return findBigList(archive, tailStart + at - END64_LOCATOR_BYTES);
  }
  throw new UnreadableArchiveError('not a ZIP archive, or cut off');
}

async function findBigList(archive: Blob, locatorAt: number) {
  if (locatorAt < 0) throw new UnreadableArchiveError('cut off');
  const locator = await viewOf(archive, locatorAt, END64_LOCATOR_BYTES);
  if (locator.getUint32(0, true) !== END64_LOCATOR) throw new UnreadableArchiveError('no ZIP64 list');
  const end = await viewOf(archive, number64(locator, 8), END64_BYTES);
  if (end.getUint32(0, true) !== END64) throw new UnreadableArchiveError('no ZIP64 list');
  return { count: number64(end, 32), length: number64(end, 40), start: number64(end, 48) };
}

/** 4.3.12. */
function parseList(list: DataView, count: number): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + ENTRY_BYTES > list.byteLength || list.getUint32(at, true) !== ENTRY) {
      throw new UnreadableArchiveError('list of files');
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => list.getUint16(at + field, true));
    const nameEnd = at + ENTRY_BYTES + (nameBytes ?? 0);
    const extraEnd = nameEnd + (extraBytes ?? 0);
    if (extraEnd > list.byteLength) throw new UnreadableArchiveError('list of files');
    const entry = {
      name: new TextDecoder().decode(new Uint8Array(list.buffer, at + ENTRY_BYTES, nameBytes)),
      flags: list.getUint16(at + 8, true),
      method: list.getUint16(at + 10, true),
      compressedBytes: list.getUint32(at + 20, true),
      sizeBytes: list.getUint32(at + 24, true),
      offset: list.getUint32(at + 42, true),
    };
    entries.push(withBigNumbers(entry, new DataView(list.buffer, nameEnd, extraEnd - nameEnd)));
    at = extraEnd + (commentBytes ?? 0);
  }
  return entries;
}

/** 4.5.3: those numbers that do not fit stand in an extra field, in this order. */
function withBigNumbers(entry: Entry, extra: DataView): Entry {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== ZIP64_EXTRA) continue;
    let next = at + 4;
    const big = (value: number) => {
      if (value !== IN_ZIP64) return value;
      if (next + 8 > extra.byteLength) throw new UnreadableArchiveError('ZIP64 field');
      next += 8;
      return number64(extra, next - 8);
    };
    const sizeBytes = big(entry.sizeBytes);
    const compressedBytes = big(entry.compressedBytes);
    return { ...entry, sizeBytes, compressedBytes, offset: big(entry.offset) };
  }
  return entry;
}

function number64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new UnreadableArchiveError('a number is too great');
  return value;
}

async function openEntry(archive: Blob, entry: Entry): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (entry.flags & IS_ENCRYPTED) throw new UnreadableArchiveError(`${entry.name} is encrypted`);
  const local = await viewOf(archive, entry.offset, LOCAL_BYTES);
  if (local.getUint32(0, true) !== LOCAL) throw new UnreadableArchiveError(entry.name);
  const start = entry.offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  const content = archive.slice(start, start + entry.compressedBytes).stream();
  if (entry.method === STORED) return content;
  if (entry.method === DEFLATED) return content.pipeThrough(new DecompressionStream('deflate-raw'));
  throw new UnreadableArchiveError(`${entry.name} is compressed by method ${entry.method}`);
}
