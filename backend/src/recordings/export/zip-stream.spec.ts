import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { unzipped } from '../../../../test/medium/recordings/unzipped.ts';
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

async function* inTurn<T>(...items: T[]): AsyncGenerator<T> {
  await setImmediate();
  yield* items;
}

describe('an archive', () => {
  it('lists every file with its name in UTF-8, its size and its checksum', async () => {
    const audio = entry('録音/20261121_090533_代表.wav', bytes('RIFF', 'WAVE'));
    const list = entry('一覧.csv', bytes('a,b\r\n'), true);
    const zip = Buffer.concat(await zipStream(inTurn(audio, list, entry('空.txt', bytes()))).toArray());
    expect(unzipped(zip)).toEqual([
      { name: audio.name, content: Buffer.from('RIFFWAVE'), isCompressed: false, isUtf8: true },
      { name: list.name, content: Buffer.from('a,b\r\n'), isCompressed: true, isUtf8: true },
      { name: '空.txt', content: Buffer.alloc(0), isCompressed: false, isUtf8: true },
    ]);
  });

  it('keeps nothing of an entry that has been read', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const handedOver: WeakRef<Buffer>[] = [];
    const held = (content: Buffer) => ({ [Symbol.asyncIterator]: () => inTurn(content) });
    let left = Infinity;
    const entries = async function* () {
      for (let index = 0; index < 20; index++) {
        const content = Buffer.alloc(CHUNK.length, index);
        handedOver.push(new WeakRef(content));
        yield entry(`${index}.raw`, held(content));
      }
      await setImmediate();
      collectGarbage();
      left = handedOver.filter((content) => content.deref()).length;
    };
    for await (const chunk of zipStream(entries()) as AsyncIterable<Buffer>) expect(chunk.length).toBeGreaterThan(0);
    expect(left).toBeLessThan(5);
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
