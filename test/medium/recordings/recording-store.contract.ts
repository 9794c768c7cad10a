import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type RecordingStore,
  StoredFileExistsError,
  StoredFileMissingError,
  type StoredRange,
  StoreFailedError,
} from '../../../backend/src/recordings/vault/recording-store.ts';

export async function* inChunks(content: Buffer, chunkBytes = 1000): AsyncIterable<Buffer> {
  for (let at = 0; at < content.length; at += chunkBytes)
    yield await Promise.resolve(content.subarray(at, at + chunkBytes));
}

async function* breakingOff(content: Buffer): AsyncIterable<Buffer> {
  yield content.subarray(0, 100);
  await Promise.resolve();
  throw new Error('the source broke off');
}

export async function readAll(store: RecordingStore, path: string, range?: StoredRange): Promise<Buffer> {
  const { content } = await store.read(path, range);
  return Buffer.concat((await content.toArray()) as Buffer[]);
}

/** What every adapter of `RecordingStore` has to do. */
export function itKeepsTheContract(name: string, open: () => RecordingStore): void {
  describe(`${name} as a store of recordings`, () => {
    const path = () => `2026/11/21/${randomBytes(8).toString('hex')}.flac`;
    const put = (store: RecordingStore, at: string, content: Buffer) =>
      store.write(at, inChunks(content), content.length);

    it('gives back what was put in, whole', async () => {
      const [store, at, content] = [open(), path(), randomBytes(300_000)];
      await put(store, at, content);
      expect(await store.sizeOf(at)).toBe(content.length);
      expect((await readAll(store, at)).equals(content)).toBe(true);
    });

    it('gives back any part, with the size of the whole', async () => {
      const [store, at, content] = [open(), path(), randomBytes(200_000)];
      await put(store, at, content);
      const bounds = fc.tuple(fc.nat(content.length - 1), fc.nat(content.length - 1));
      await fc.assert(
        fc.asyncProperty(bounds, async ([a, b]) => {
          const range = { first: Math.min(a, b), last: Math.max(a, b) };
          const { sizeBytes, content: part } = await store.read(at, range);
          expect(sizeBytes).toBe(content.length);
          const bytes = Buffer.concat((await part.toArray()) as Buffer[]);
          expect(bytes.equals(content.subarray(range.first, range.last + 1))).toBe(true);
        }),
        { numRuns: 25 },
      );
    });

    it('has nothing where nothing was put', async () => {
      const store = open();
      expect(await store.sizeOf(path())).toBeNull();
      await expect(store.read(path())).rejects.toThrow(StoredFileMissingError);
    });

    it('never replaces what is there', async () => {
      const [store, at] = [open(), path()];
      await put(store, at, Buffer.from('the first'));
      await expect(put(store, at, Buffer.from('the second'))).rejects.toThrow(StoredFileExistsError);
      expect((await readAll(store, at)).toString()).toBe('the first');
    });

    it('keeps one of several that are put at the same path at once, whole', async () => {
      const [store, at] = [open(), path()];
      const contents = Array.from({ length: 5 }, (_, fill) => Buffer.alloc(50_000, fill));
      const outcomes = await Promise.allSettled(contents.map((content) => put(store, at, content)));
      const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect((await readAll(store, at)).equals(contents[winners[0] ?? 0] ?? Buffer.alloc(0))).toBe(true);
    });

    it.each([
      ['less than announced', 5],
      ['more than announced', -5],
    ])('refuses %s and shows nothing of it', async (_, difference) => {
      const [store, at, content] = [open(), path(), randomBytes(5000)];
      await expect(store.write(at, inChunks(content), content.length + difference)).rejects.toThrow(StoreFailedError);
      expect(await store.sizeOf(at)).toBeNull();
      await put(store, at, content);
      expect((await readAll(store, at)).equals(content)).toBe(true);
    });

    it('shows nothing of a file before all of it is there', async () => {
      const [store, at, content] = [open(), path(), randomBytes(200_000)];
      const half = Promise.withResolvers<undefined>();
      const rest = Promise.withResolvers<undefined>();
      const written = store.write(
        at,
        (async function* () {
          yield content.subarray(0, 100_000);
          half.resolve(undefined);
          await rest.promise;
          yield content.subarray(100_000);
        })(),
        content.length,
      );
      await half.promise;
      expect(await store.sizeOf(at)).toBeNull();
      rest.resolve(undefined);
      await written;
      expect(await store.sizeOf(at)).toBe(content.length);
    });

    it('shows nothing of content that broke off', async () => {
      const [store, at] = [open(), path()];
      const failure: unknown = await store
        .write(at, breakingOff(randomBytes(5000)), 5000)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'StoreFailedError', cause: { message: 'the source broke off' } });
      expect(await store.sizeOf(at)).toBeNull();
    });

    it('takes many at once', async () => {
      const store = open();
      const files = Array.from({ length: 20 }, () => ({ at: path(), content: randomBytes(20_000) }));
      await Promise.all(files.map(({ at, content }) => put(store, at, content)));
      for (const { at, content } of files) expect((await readAll(store, at)).equals(content)).toBe(true);
    });

    it('lists everything that is stored, with its size, and nothing else', async () => {
      const store = open();
      const files = [3, 700, 40_000].map((sizeBytes) => ({ path: path(), sizeBytes }));
      for (const { path: at, sizeBytes } of files) await put(store, at, randomBytes(sizeBytes));
      await expect(store.write(path(), breakingOff(randomBytes(5000)), 5000)).rejects.toThrow();
      const listed = [];
      for await (const file of store.list()) listed.push(file);
      for (const file of files) expect(listed).toContainEqual(file);
      for (const { path: at, sizeBytes } of listed) expect(await store.sizeOf(at)).toBe(sizeBytes);
    });

    it('removes a file, once or more often, and no other', async () => {
      const [store, at, other] = [open(), path(), path()];
      for (const each of [at, other]) await put(store, each, Buffer.from('x'));
      await store.remove(at);
      await store.remove(at);
      expect(await store.sizeOf(at)).toBeNull();
      expect(await store.sizeOf(other)).toBe(1);
    });

    it('moves a file to a path of its own', async () => {
      const [store, at, target] = [open(), path(), `aside/${path()}`];
      await put(store, at, Buffer.from('moved'));
      await store.move(at, target);
      expect(await store.sizeOf(at)).toBeNull();
      expect((await readAll(store, target)).toString()).toBe('moved');
      await expect(store.move(at, target)).rejects.toThrow(StoredFileMissingError);
    });

    it('moves nothing over another file', async () => {
      const [store, at, target] = [open(), path(), path()];
      await put(store, at, Buffer.from('this'));
      await put(store, target, Buffer.from('other'));
      await expect(store.move(at, target)).rejects.toThrow(StoredFileExistsError);
      expect((await readAll(store, at)).toString()).toBe('this');
      expect((await readAll(store, target)).toString()).toBe('other');
    });

    it('does not take a stored recording for a leftover', async () => {
      const [store, at] = [open(), path()];
      await put(store, at, Buffer.from('stored'));
      await store.removeLeftovers(new Date(Date.now() + 86_400_000));
      expect((await readAll(store, at)).toString()).toBe('stored');
    });

    it.each(['../outside.flac', '/etc/outside.flac', '2026/../../outside.flac', ''])('refuses %p', async (outside) => {
      const [store, at] = [open(), path()];
      await put(store, at, Buffer.from('x'));
      await expect(put(store, outside, Buffer.from('x'))).rejects.toThrow();
      await expect(store.remove(outside)).rejects.toThrow();
      await expect(store.move(at, outside)).rejects.toThrow();
      expect(await store.sizeOf(at)).toBe(1);
    });
  });
}
