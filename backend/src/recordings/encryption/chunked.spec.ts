import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decryptRange, decryptWhole, encrypt, encryptWithSalt, openMessage, type ReadAt, rangesOf } from './chunked.ts';
import { literalEncrypt, patternBytes } from './cobblestone.fixture.ts';
import { chunkNonce, ciphertextSize, plaintextSize } from './cobblestone.ts';
import {
  ChunkAlteredError,
  CiphertextTruncatedError,
  MessageTooLongError,
  UndecryptableError,
  WrongKeyOrContextError,
} from './encryption.errors.ts';

const CHUNK = 16384;
const SEALED = CHUNK + 16;
const KEY: Buffer = Buffer.from('4f'.repeat(32), 'hex');
const CONTEXT: Buffer = Buffer.from('0b8f3c6e-5a1d-4c58-9a0e-2f6d1c7b9e10');
const BOUNDARIES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK + 17];

interface Vector {
  comment: string;
  key: string;
  salt: string;
  context: string;
  plaintextBytes: number;
  header: string;
  ciphertextBytes: number;
  sha256: string;
  ciphertext?: string;
}

const vectors = JSON.parse(readFileSync(new URL('./cobblestone.vectors.json', import.meta.url), 'utf8')) as Vector[];

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

const sealed = (plaintext: Buffer) => all(encrypt([plaintext], KEY, CONTEXT));

const sourceOf =
  (ciphertext: Buffer): ReadAt =>
  (position, length) =>
    Promise.resolve(ciphertext.subarray(position, position + length));

function inPieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

const opened = (ciphertext: Buffer, key = KEY, context = CONTEXT) =>
  openMessage(rangesOf(sourceOf(ciphertext)), ciphertext.length, key, context);

async function wholeOf(ciphertext: Buffer, key = KEY, context = CONTEXT): Promise<Buffer> {
  const message = await opened(ciphertext, key, context);
  return all(message.range(0, message.plaintextBytes));
}

const flipped = (bytes: Buffer, bit: number) => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
};

describe.each(vectors)('the vector "$comment"', (vector) => {
  const [key, salt, context] = [vector.key, vector.salt, vector.context].map((hex) => Buffer.from(hex, 'hex')) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const plaintext = patternBytes(vector.plaintextBytes);

  it('is what we write', async () => {
    const ciphertext = await all(encryptWithSalt([plaintext], key, context, salt));
    expect(ciphertext).toHaveLength(vector.ciphertextBytes);
    expect(ciphertext.subarray(0, 56).toString('hex')).toBe(vector.header);
    if (vector.ciphertext) expect(ciphertext.toString('hex')).toBe(vector.ciphertext);
    expect(createHash('sha256').update(ciphertext).digest('hex')).toBe(vector.sha256);
  });

  it('is what the specification says, followed to the letter, and we can read it', async () => {
    const ciphertext = await literalEncrypt(key, salt, context, plaintext);
    expect(createHash('sha256').update(ciphertext).digest('hex')).toBe(vector.sha256);
    expect((await wholeOf(ciphertext, key, context)).equals(plaintext)).toBe(true);
  });
});

describe('an encrypted recording', () => {
  it.each(BOUNDARIES)('of %i bytes comes back whole, and its sizes are foretold', async (length) => {
    const plaintext = patternBytes(length);
    const ciphertext = await sealed(plaintext);
    expect(ciphertext).toHaveLength(ciphertextSize(length));
    expect(plaintextSize(ciphertext.length)).toBe(length);
    expect((await wholeOf(ciphertext)).equals(plaintext)).toBe(true);
  });

  it('does not depend on how its bytes arrive', async () => {
    const plaintext = patternBytes(3 * CHUNK + 100);
    const salt = randomBytes(24);
    const expected = await literalEncrypt(KEY, salt, CONTEXT, plaintext);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2 * CHUNK }), { maxLength: 12 }), async (cuts) => {
        const pieces = inPieces(plaintext, cuts);
        expect((await all(encryptWithSalt(pieces, KEY, CONTEXT, salt))).equals(expected)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('gives any range as a slice of the whole, however the store hands its bytes over', async () => {
    const plaintext = patternBytes(6 * CHUNK + 4321);
    const ciphertext = await sealed(plaintext);
    const offset = fc.oneof(
      fc.integer({ min: 0, max: plaintext.length }),
      fc.constantFrom(...BOUNDARIES.filter((length) => length <= plaintext.length), plaintext.length),
    );
    await fc.assert(
      fc.asyncProperty(offset, offset, fc.integer({ min: 1, max: 40_000 }), async (a, b, most) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const stingy: ReadAt = (position, length) => sourceOf(ciphertext)(position, Math.min(length, most));
        const range = await all(decryptRange(stingy, ciphertext.length, KEY, CONTEXT, start, end));
        expect(range.equals(plaintext.subarray(start, end))).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  it('comes back whole when it is read once from its beginning, however its bytes arrive', async () => {
    const piece = fc.integer({ min: 1, max: 2 * SEALED });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...BOUNDARIES), fc.array(piece, { maxLength: 12 }), async (length, cuts) => {
        const ciphertext = await sealed(patternBytes(length));
        const arriving = inPieces(ciphertext, cuts);
        const whole = await all(decryptWhole(arriving, ciphertext.length, KEY, CONTEXT));
        expect(whole.equals(patternBytes(length))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a range outside of it', async () => {
    const message = await opened(await sealed(patternBytes(100)));
    expect(() => message.range(0, 101)).toThrow(RangeError);
    expect(() => message.range(-1, 5)).toThrow(RangeError);
    expect(() => message.range(6, 5)).toThrow(RangeError);
  });

  it('reads no more than the chunks of a range, besides the header and the last chunk', async () => {
    const ciphertext = await sealed(patternBytes(50 * CHUNK));
    const reads: [number, number][] = [];
    const readAt: ReadAt = (position, length) => {
      reads.push([position, length]);
      return sourceOf(ciphertext)(position, length);
    };
    await all(decryptRange(readAt, ciphertext.length, KEY, CONTEXT, 20 * CHUNK + 5, 21 * CHUNK + 5));
    expect(reads).toEqual([
      [0, 56],
      [56 + 50 * SEALED, 16],
      [56 + 20 * SEALED, 2 * SEALED],
    ]);
  });

  it('never repeats: the same sound twice gives two ciphertexts', async () => {
    const plaintext = patternBytes(10);
    expect((await sealed(plaintext)).equals(await sealed(plaintext))).toBe(false);
  });
});

describe('tampering', () => {
  const plaintext = patternBytes(3 * CHUNK + 50);

  it('shows for every bit of a short recording', async () => {
    const ciphertext = await sealed(patternBytes(3));
    for (let bit = 0; bit < ciphertext.length * 8; bit++) {
      const expected = bit < 56 * 8 ? WrongKeyOrContextError : ChunkAlteredError;
      await expect(wholeOf(flipped(ciphertext, bit))).rejects.toThrow(expected);
    }
  });

  it('shows for any bit of a long one, and names the chunk', async () => {
    const ciphertext = await sealed(plaintext);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 56 * 8, max: ciphertext.length * 8 - 1 }), async (bit) => {
        const chunk = Math.floor(((bit >> 3) - 56) / SEALED);
        await expect(wholeOf(flipped(ciphertext, bit))).rejects.toMatchObject({
          errorId: 'recording-altered',
          details: { chunk, last: chunk === 3 },
        });
      }),
      { numRuns: 150 },
    );
  });

  it('leaves the chunks before it playable and gives out nothing of its own', async () => {
    const damaged = flipped(await sealed(plaintext), (56 + SEALED + 9) * 8);
    const message = await opened(damaged);
    const received: Uint8Array[] = [];
    const playing = (async () => {
      for await (const part of message.range(0, message.plaintextBytes)) received.push(part);
    })();
    await expect(playing).rejects.toThrow(ChunkAlteredError);
    expect(Buffer.concat(received).equals(plaintext.subarray(0, CHUNK))).toBe(true);
  });

  it('shows wherever the file is cut, before anything is played', async () => {
    const ciphertext = await sealed(plaintext);
    const cuts = [0, 1, 55, 56, 57, 71, 72, 56 + SEALED - 1, 56 + SEALED, 56 + SEALED + 15, 56 + SEALED + 16];
    const anywhere = fc.oneof(fc.constantFrom(...cuts), fc.integer({ min: 0, max: ciphertext.length - 1 }));
    await fc.assert(
      fc.asyncProperty(anywhere, async (length) => {
        const failure = await opened(ciphertext.subarray(0, length)).catch((error: unknown) => error);
        expect([CiphertextTruncatedError, ChunkAlteredError]).toContain((failure as Error).constructor);
      }),
      { numRuns: 150 },
    );
  });

  it('shows when it is read once: wherever it is cut, lengthened or changed', async () => {
    const ciphertext = await sealed(plaintext);
    const reading = (bytes: Buffer) => all(decryptWhole([bytes], ciphertext.length, KEY, CONTEXT));
    await fc.assert(
      fc.asyncProperty(fc.nat(ciphertext.length - 1), fc.nat(7), async (at, bit) => {
        await expect(reading(ciphertext.subarray(0, at))).rejects.toThrow(UndecryptableError);
        await expect(reading(flipped(ciphertext, at * 8 + bit))).rejects.toThrow(UndecryptableError);
      }),
      { numRuns: 60 },
    );
    await expect(reading(Buffer.concat([ciphertext, Buffer.alloc(1)]))).rejects.toThrow(UndecryptableError);
    await expect(reading(Buffer.concat([ciphertext, Buffer.alloc(SEALED)]))).rejects.toThrow(UndecryptableError);
    expect((await reading(ciphertext)).equals(plaintext)).toBe(true);
  });

  it('shows when whole chunks are cut off', async () => {
    const ciphertext = await sealed(plaintext);
    const cut = ciphertext.subarray(0, 56 + 2 * SEALED);
    await expect(opened(cut)).rejects.toMatchObject({ errorId: 'recording-truncated', chunk: 2 });
  });

  it('shows when the store has less than it said', async () => {
    const ciphertext = await sealed(plaintext);
    const readAt: ReadAt = (position, length) =>
      position === 56 + SEALED ? Promise.resolve(Buffer.alloc(0)) : sourceOf(ciphertext)(position, length);
    const range = decryptRange(readAt, ciphertext.length, KEY, CONTEXT, CHUNK, CHUNK + 10);
    await expect(all(range)).rejects.toMatchObject({ errorId: 'recording-truncated', chunk: 1 });
    const cut = rangesOf(sourceOf(ciphertext.subarray(0, -1)));
    await expect(openMessage(cut, ciphertext.length, KEY, CONTEXT)).rejects.toMatchObject({
      errorId: 'recording-truncated',
      chunk: 3,
    });
  });

  it('shows when chunks change places, are doubled or come from another recording', async () => {
    const ciphertext = await sealed(plaintext);
    const other = await sealed(plaintext);
    const part = (from: Buffer, chunk: number) => from.subarray(56 + chunk * SEALED, 56 + (chunk + 1) * SEALED);
    const made = (...parts: Buffer[]) => Buffer.concat([ciphertext.subarray(0, 56), ...parts]);
    const [a, b, c, end] = [0, 1, 2, 3].map((chunk) => part(ciphertext, chunk)) as [Buffer, Buffer, Buffer, Buffer];
    await expect(wholeOf(made(b, a, c, end))).rejects.toMatchObject({ chunk: 0 });
    await expect(wholeOf(made(a, c, b, end))).rejects.toMatchObject({ chunk: 1 });
    await expect(wholeOf(made(a, b, b, end))).rejects.toMatchObject({ chunk: 2 });
    await expect(wholeOf(made(a, b, end))).rejects.toMatchObject({ chunk: 2 });
    await expect(wholeOf(made(a, b, c, c, end))).rejects.toMatchObject({ chunk: 4 });
    await expect(wholeOf(made(a, part(other, 1), c, end))).rejects.toMatchObject({ chunk: 1 });
    expect((await wholeOf(made(a, b, c, end))).equals(plaintext)).toBe(true);
  });

  it('with the key or the context of another recording is refused before any chunk is read', async () => {
    const ciphertext = await sealed(plaintext);
    await expect(opened(ciphertext, Buffer.alloc(32, 1))).rejects.toThrow(WrongKeyOrContextError);
    await expect(opened(ciphertext, KEY, Buffer.from('another'))).rejects.toThrow(WrongKeyOrContextError);
  });
});

describe('the nonce of a chunk', () => {
  it('is the base nonce XOR the number as a 96-bit integer, up to the last chunk allowed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        fc.oneof(
          fc.integer({ min: 0, max: 2 ** 38 - 1 }),
          fc.constantFrom(255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 38 - 1),
        ),
        (base, chunk) => {
          const expected = BigInt(`0x${Buffer.from(base).toString('hex')}`) ^ BigInt(chunk);
          expect(chunkNonce(Buffer.from(base), chunk).toString('hex')).toBe(expected.toString(16).padStart(24, '0'));
        },
      ),
    );
  });

  it('does not exist from 2^38 chunks on', () => {
    expect(() => chunkNonce(Buffer.alloc(12), 2 ** 38)).toThrow(MessageTooLongError);
    expect(plaintextSize(ciphertextSize(2 ** 52 - 1))).toBe(2 ** 52 - 1);
    expect(() => plaintextSize(ciphertextSize(2 ** 52))).toThrow(MessageTooLongError);
  });
});
