import { beforeEach, describe, expect, it } from '@jest/globals';
import { encrypt, openMessage, rangesOf } from './chunked.ts';
import {
  ClassKeyInUseError,
  MasterKeyUnknownError,
  RecordingKeyGoneError,
  WrappedKeyAlteredError,
} from './key.errors.ts';
import { KeyRing } from './key-ring.ts';
import { MemoryKeyStore } from './key-store.fixture.ts';
import { recordingContext, SecretKey } from './keys.ts';
import { type MasterKeys } from './master-key.ts';

const NOVEMBER = 'standard/2026-11';
const MASTER = SecretKey.random();

const mastersOf = (...[wrapping, ...others]: [SecretKey, ...SecretKey[]]): MasterKeys => ({
  current: wrapping,
  wrapping,
  all: new Map([wrapping, ...others].map((key) => [key.id, key])),
});

let store: MemoryKeyStore;
let ring: KeyRing;

beforeEach(() => {
  store = new MemoryKeyStore();
  ring = new KeyRing(mastersOf(MASTER), store);
});

async function sealedFile(recordingId: string): Promise<Buffer> {
  const key = await ring.keyForSealing(recordingId, NOVEMBER);
  const parts: Buffer[] = [];
  const sound = [Buffer.from('もしもし')];
  for await (const part of encrypt(sound, key.bytes, recordingContext(recordingId))) parts.push(part);
  return Buffer.concat(parts);
}

async function heard(recordingId: string, file: Buffer, from = ring): Promise<string> {
  const key = await from.recordingKey(recordingId);
  const readAt = (position: number, length: number) => Promise.resolve(file.subarray(position, position + length));
  const message = await openMessage(rangesOf(readAt), file.length, key.bytes, recordingContext(recordingId));
  const parts: Buffer[] = [];
  for await (const part of message.range(0, message.plaintextBytes)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('recording keys', () => {
  it('are found again, each recording having its own', async () => {
    const [a, b] = [await sealedFile('a'), await sealedFile('b')];
    expect(await heard('a', a)).toBe('もしもし');
    expect(await heard('b', b)).toBe('もしもし');
    expect((await ring.recordingKey('a')).id).not.toBe((await ring.recordingKey('b')).id);
    expect(store.classes.size).toBe(1);
  });

  it('stay the same when a recording is sealed again', async () => {
    const first = await ring.keyForSealing('a', NOVEMBER);
    expect((await ring.keyForSealing('a', NOVEMBER)).id).toBe(first.id);
  });

  it('are agreed upon when two processes make the same one at once', async () => {
    const other = new KeyRing(mastersOf(MASTER), store);
    const keys = await Promise.all([ring, other, ring, other].map((each) => each.keyForSealing('a', NOVEMBER)));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  });

  it('cannot be swapped in the store', async () => {
    await ring.keyForSealing('a', NOVEMBER);
    await ring.keyForSealing('b', NOVEMBER);
    const stored = store.recordings.get('b');
    if (stored) store.recordings.set('a', stored);
    await expect(ring.recordingKey('a')).rejects.toThrow(WrappedKeyAlteredError);
  });

  it('are never stored in the clear', async () => {
    const key = await ring.keyForSealing('a', NOVEMBER);
    const everything = Buffer.concat([
      ...store.classes.values(),
      ...[...store.recordings.values()].map((r) => r.wrapped),
    ]);
    expect(everything.includes(key.bytes)).toBe(false);
    expect(everything.includes(MASTER.bytes)).toBe(false);
  });
});

describe('destroying', () => {
  it('a recording’s key makes that recording unreadable and no other', async () => {
    const [a, b] = [await sealedFile('a'), await sealedFile('b')];
    await ring.destroyRecordingKey('a');
    await expect(heard('a', a)).rejects.toThrow(RecordingKeyGoneError);
    expect(await heard('b', b)).toBe('もしもし');
  });

  it('a class key makes even a restored copy of its recording keys useless, also when the month gets a new one', async () => {
    const file = await sealedFile('a');
    const backup = new Map(store.recordings);
    await ring.destroyRecordingKey('a');
    await ring.destroyClassKey(NOVEMBER);
    for (const [id, key] of backup) store.recordings.set(id, key);
    await expect(heard('a', file)).rejects.toThrow(RecordingKeyGoneError);
    await ring.keyForSealing('late', NOVEMBER);
    await expect(heard('a', file)).rejects.toThrow(RecordingKeyGoneError);
  });

  it('a class key is refused while a recording needs it', async () => {
    const file = await sealedFile('a');
    await expect(ring.destroyClassKey(NOVEMBER)).rejects.toThrow(ClassKeyInUseError);
    expect(await heard('a', file)).toBe('もしもし');
  });

  it('a class key leaves a recording alone that is kept longer under another', async () => {
    const file = await sealedFile('a');
    expect(await ring.reclassify('a', 'ten-years/2026-11')).toBe(true);
    await ring.destroyClassKey(NOVEMBER);
    expect(await heard('a', file)).toBe('もしもし');
  });
});

describe('without the master key', () => {
  it('nothing opens, and it is told which key is missing', async () => {
    const file = await sealedFile('a');
    const stranger = new KeyRing(mastersOf(SecretKey.random()), store);
    await expect(heard('a', file, stranger)).rejects.toMatchObject({ masterKeyId: MASTER.id });
    await expect(stranger.keyForSealing('b', NOVEMBER)).rejects.toThrow(MasterKeyUnknownError);
    expect(await stranger.lockedClassKeys()).toEqual([{ className: NOVEMBER, masterKeyId: MASTER.id }]);
    expect(await ring.lockedClassKeys()).toEqual([]);
  });
});
