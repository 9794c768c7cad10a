import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyFormatUnknownError, WrappedKeyAlteredError } from './key.errors.ts';
import { classNameOf, recordingContext, SecretKey, unwrapKey, wrapKey, wrappingKeyId } from './keys.ts';

const RECORDING = 'recording-key:0b8f3c6e-5a1d-4c58-9a0e-2f6d1c7b9e10';

describe('a wrapped key', () => {
  const [key, by] = [SecretKey.random(), SecretKey.random()];

  it('opens again with the key that wrapped it, which it names', () => {
    const wrapped = wrapKey(key, by, RECORDING);
    expect(wrapped).toHaveLength(69);
    expect(wrapped[0]).toBe(1);
    expect(wrappingKeyId(wrapped, RECORDING)).toBe(by.id);
    expect(unwrapKey(wrapped, by, RECORDING).bytes).toEqual(key.bytes);
  });

  it('does not contain the key, and is different each time', () => {
    const wrapped = wrapKey(key, by, RECORDING);
    expect(wrapped.includes(key.bytes)).toBe(false);
    expect(wrapped.equals(wrapKey(key, by, RECORDING))).toBe(false);
  });

  it('does not open as another recording’s or as a class key', () => {
    const wrapped = wrapKey(key, by, 'recording-key:a');
    expect(() => unwrapKey(wrapped, by, 'recording-key:b')).toThrow(WrappedKeyAlteredError);
    expect(() => unwrapKey(wrapped, by, 'class-key:a')).toThrow(WrappedKeyAlteredError);
  });

  it('does not open with another key, even if that claims its id', () => {
    const wrapped = wrapKey(key, by, RECORDING);
    const other = SecretKey.random();
    expect(() => unwrapKey(wrapped, other, RECORDING)).toThrow(WrappedKeyAlteredError);
    const relabelled = Buffer.concat([wrapped.subarray(0, 1), Buffer.from(other.id, 'hex'), wrapped.subarray(9)]);
    expect(() => unwrapKey(relabelled, other, RECORDING)).toThrow(WrappedKeyAlteredError);
  });

  it('does not open with any bit changed or any byte missing', () => {
    const wrapped = wrapKey(key, by, RECORDING);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = Buffer.from(wrapped);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => unwrapKey(changed, by, RECORDING)).toThrow(bit < 8 ? KeyFormatUnknownError : WrappedKeyAlteredError);
    }
    for (let length = 0; length < wrapped.length; length++) {
      expect(() => unwrapKey(wrapped.subarray(0, length), by, RECORDING)).toThrow(WrappedKeyAlteredError);
    }
  });
});

describe('a secret key', () => {
  it('has an id that follows from it alone', () => {
    const bytes = Buffer.alloc(32, 7);
    expect(new SecretKey(bytes).id).toBe(new SecretKey(bytes).id);
    // HMAC-SHA-256 and SHA-256 by another implementation.
    expect(new SecretKey(bytes).id).toBe('aaf216b5d167069e');
  });

  it('does not show in logs, messages or JSON', () => {
    const key = SecretKey.random();
    const shown = [inspect({ key }), JSON.stringify({ key }), String(key)].join('\n');
    expect(shown.match(new RegExp(key.id, 'g'))).toHaveLength(3);
    expect(shown).not.toContain(Buffer.from(key.bytes).toString('hex'));
    expect(shown).not.toContain(inspect(key.bytes));
  });

  it('is 256 bits, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        fc.pre(bytes.length !== 32);
        expect(() => new SecretKey(bytes)).toThrow(RangeError);
      }),
    );
  });
});

describe('the class of a recording', () => {
  it.each([
    ['2026-11-30T14:59:59.999Z', 'standard/2026-11'],
    ['2026-11-30T15:00:00.000Z', 'standard/2026-12'],
    ['2026-12-31T15:00:00.000Z', 'standard/2027-01'],
  ])('has the month of Japan: %s is %s', (at, name) => {
    expect(classNameOf('standard', new Date(at))).toBe(name);
  });

  it('cannot name something else than a class', () => {
    expect(() => classNameOf('a/b', new Date(0))).toThrow(RangeError);
    expect(() => classNameOf('', new Date(0))).toThrow(RangeError);
  });
});

it('the context of a recording differs from every other one’s', () => {
  expect(recordingContext('a').equals(recordingContext('b'))).toBe(false);
  expect(recordingContext('a').toString()).toBe('denwaban/recording/v1/a');
});
