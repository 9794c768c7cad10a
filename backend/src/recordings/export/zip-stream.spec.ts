import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type ArchiveEntry, zipStream } from './zip-stream.ts';

const AT = new Date('2026-11-21T00:05:33.000Z');
const CHUNK = Buffer.alloc(64 * 1024, 7);

const entry = (name: string, content: ArchiveEntry['content'], compress = false): ArchiveEntry => ({
  ...{ name, modifiedAt: AT, content, compress },
});

async function* bytes(...parts: string[]): AsyncGenerator<Buffer> {
  await setImmediate();
  for (const part of parts) yield Buffer.from(part);
}

async function* inTurn(...entries: ArchiveEntry[]): AsyncGenerator<ArchiveEntry> {
  await setImmediate();
  yield* entries;
}

interface Listed {
  name: string;
  flags: number;
  method: number;
  crc: number;
  sizeBytes: number;
}

/** The central directory, APPNOTE 4.3.12: what every unpacker goes by. */
function listed(zip: Buffer): Listed[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files: Listed[] = [];
  for (let at = zip.readUInt32LE(end + 16); at < end;) {
    const [name, extra, comment] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    files.push({
      name: zip.toString('utf8', at + 46, at + 46 + name),
      ...{ flags: zip.readUInt16LE(at + 8), method: zip.readUInt16LE(at + 10) },
      ...{ crc: zip.readUInt32LE(at + 16), sizeBytes: zip.readUInt32LE(at + 24) },
    });
    at += 46 + name + extra + comment;
  }
  expect(files).toHaveLength(zip.readUInt16LE(end + 10));
  return files;
}

describe('an archive', () => {
  it('lists every file with its name in UTF-8, its size and its checksum', async () => {
    const audio = entry('録音/20261121_090533_代表.wav', bytes('RIFF', 'WAVE'));
    const list = entry('一覧.csv', bytes('a,b\r\n'), true);
    const zip = Buffer.concat(await zipStream(inTurn(audio, list, entry('空.txt', bytes()))).toArray());
    const utf8 = 1 << 11;
    expect(listed(zip)).toEqual([
      { name: audio.name, flags: expect.any(Number), method: 0, crc: crc32('RIFFWAVE'), sizeBytes: 8 },
      { name: list.name, flags: expect.any(Number), method: 8, crc: crc32('a,b\r\n'), sizeBytes: 5 },
      { name: '空.txt', flags: expect.any(Number), method: 0, crc: 0, sizeBytes: 0 },
    ]);
    expect(listed(zip).every(({ flags }) => (flags & utf8) !== 0)).toBe(true);
  });

  it('is made as fast as it is read, and asks for no entry before its turn', async () => {
    let made = 0;
    let entries = 0;
    const endless = async function* () {
      for (;;) {
        await setImmediate();
        made += CHUNK.length;
        yield CHUNK;
      }
    };
    const two = async function* () {
      for (;;) {
        await setImmediate();
        yield entry(`${++entries}.raw`, endless());
      }
    };
    const zip = zipStream(two());
    let read = 0;
    for await (const chunk of zip as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > 100 * CHUNK.length) break;
      await setImmediate();
    }
    expect(made - read).toBeLessThan(32 * CHUNK.length);
    expect(entries).toBe(1);
  });

  it('lets go of everything it reads when its reader leaves', async () => {
    const closed: string[] = [];
    const content = async function* () {
      try {
        for (;;) {
          await setImmediate();
          yield CHUNK;
        }
      } finally {
        closed.push('content');
      }
    };
    const entries = async function* () {
      try {
        await setImmediate();
        yield entry('1.raw', content());
        yield entry('2.raw', content());
      } finally {
        closed.push('entries');
      }
    };
    const zip = zipStream(entries());
    for await (const chunk of zip) if ((chunk as Buffer).length > 0) break;
    while (closed.length < 2) await setImmediate();
    expect(closed).toEqual(['content', 'entries']);
  });

  it.each(['content', 'entries'])('fails where its %s fails, and never looks whole', async (where) => {
    const broken = async function* () {
      yield CHUNK;
      await setImmediate();
      if (where === 'content') throw new Error('disk gone');
    };
    const entries = async function* () {
      yield entry('1.raw', broken());
      await setImmediate();
      throw new Error('disk gone');
    };
    const read: Buffer[] = [];
    const reading = async () => {
      for await (const chunk of zipStream(entries())) read.push(chunk as Buffer);
    };
    await expect(reading()).rejects.toThrow('disk gone');
    expect(Buffer.concat(read).includes(Buffer.from('PK\x05\x06', 'latin1'))).toBe(false);
  });
});
