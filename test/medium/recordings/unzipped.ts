import { crc32, inflateRawSync } from 'node:zlib';

export interface ZippedFile {
  name: string;
  content: Buffer;
  isUtf8: boolean;
  isCompressed: boolean;
}

const UTF8 = 1 << 11;

/**
 * The files of a ZIP in their order, by its central directory (APPNOTE 4.3.12), which is what unpackers go by. Only
 * archives below 4 GB.
 * @throws Error when it is not whole or a checksum is wrong
 */
export function unzipped(zip: Buffer): ZippedFile[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('the archive has no end');
  const files: ZippedFile[] = [];
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    files.push(fileAt(zip, at, zip.toString('utf8', at + 46, at + 46 + name)));
    at += 46 + name + extra + comment;
  }
  if (files.length !== zip.readUInt16LE(end + 10)) throw new Error('the archive lists fewer files than it says');
  return files;
}

function fileAt(zip: Buffer, listed: number, name: string): ZippedFile {
  const local = zip.readUInt32LE(listed + 42);
  const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const stored = zip.subarray(from, from + zip.readUInt32LE(listed + 20));
  const isCompressed = zip.readUInt16LE(listed + 10) !== 0;
  const content = isCompressed ? inflateRawSync(stored) : stored;
  if (crc32(content) !== zip.readUInt32LE(listed + 16)) throw new Error(`${name} is not what was put into the archive`);
  if (content.length !== zip.readUInt32LE(listed + 24)) throw new Error(`${name} has another size than listed`);
  return { name, content, isCompressed, isUtf8: (zip.readUInt16LE(listed + 8) & UTF8) !== 0 };
}
