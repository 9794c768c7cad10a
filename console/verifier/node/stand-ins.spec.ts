import { Buffer as NodeBuffer } from 'node:buffer';
import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Buffer } from './buffer.ts';
import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from './crypto.ts';

const bytes = (maxLength = 300) => fc.uint8Array({ maxLength });
const hexOf = (value: Uint8Array) => NodeBuffer.from(value).toString('hex');

describe('Buffer in a browser', () => {
  it('is made of texts and bytes as in Node', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), bytes(), (text, data) => {
        const node = NodeBuffer.from(data);
        expect(hexOf(Buffer.from(text))).toBe(NodeBuffer.from(text).toString('hex'));
        expect(hexOf(Buffer.from(data))).toBe(node.toString('hex'));
        expect(hexOf(Buffer.from(node.toString('hex'), 'hex'))).toBe(node.toString('hex'));
        expect(hexOf(Buffer.from(node.toString('base64'), 'base64'))).toBe(node.toString('hex'));
      }),
    );
  });

  it('is written as in Node, parts of it too', () => {
    fc.assert(
      fc.property(bytes(), fc.nat(300), fc.nat(300), (data, a, b) => {
        const [start, end] = [Math.min(a, b, data.length), Math.min(Math.max(a, b), data.length)];
        for (const encoding of ['utf8', 'hex', 'base64'] as const) {
          const wanted = NodeBuffer.from(data).toString(encoding, start, end);
          expect(Buffer.from(data).toString(encoding, start, end)).toBe(wanted);
        }
      }),
    );
  });

  it('keeps a byte order mark: a text that has one is another text', () => {
    expect(Buffer.from('efbbbf61', 'hex').toString()).toBe(NodeBuffer.from('efbbbf61', 'hex').toString());
  });

  it('is put together and compared as in Node', () => {
    fc.assert(
      fc.property(fc.array(bytes(50)), bytes(50), (parts, other) => {
        const whole = Buffer.concat(parts);
        expect(hexOf(whole)).toBe(NodeBuffer.concat(parts).toString('hex'));
        expect(whole.equals(NodeBuffer.concat(parts))).toBe(true);
        expect(whole.equals(other)).toBe(NodeBuffer.concat(parts).equals(other));
      }),
    );
  });

  it('is a copy of what it is made of, and reads numbers where it lies in another one', () => {
    const data = Uint8Array.from(Array.from({ length: 20 }, (_, n) => 250 - n));
    const copy = Buffer.from(data);
    const inner = copy.subarray(3) as Buffer;
    expect(inner.readUInt8(2)).toBe(NodeBuffer.from(data).subarray(3).readUInt8(2));
    expect(inner.readBigUInt64BE(1)).toBe(NodeBuffer.from(data).subarray(3).readBigUInt64BE(1));
    data.fill(0);
    expect(copy.readUInt8()).toBe(250);
    expect(() => inner.readBigUInt64BE(10)).toThrow(RangeError);
  });

  it('does not fail at what is no base64: whoever asked finds that it is not what it says', () => {
    expect(Buffer.from('no base64 at all', 'base64')).toHaveLength(0);
  });
});

describe('hashes in a browser', () => {
  it('are those of Node, however the data comes', () => {
    fc.assert(
      fc.property(fc.array(bytes()), fc.string(), bytes(100), (parts, text, key) => {
        const [hash, wanted] = [createHash('sha256').update(text), nodeCrypto.createHash('sha256').update(text)];
        const [mac, wantedMac] = [createHmac('sha256', key), nodeCrypto.createHmac('sha256', key)];
        for (const part of parts) {
          hash.update(part);
          wanted.update(part);
          mac.update(part);
          wantedMac.update(part);
        }
        expect(hash.digest('hex')).toBe(wanted.digest('hex'));
        expect(hexOf(mac.digest())).toBe(wantedMac.digest('hex'));
      }),
    );
  });
});

describe('Ed25519 in a browser', () => {
  const pair = nodeCrypto.generateKeyPairSync('ed25519');
  const key = createPublicKey({ key: pair.publicKey.export({ type: 'spki', format: 'der' }) });
  const signed = (message: Uint8Array) => nodeCrypto.sign(null, message, pair.privateKey);

  it('takes what Node has signed, and nothing in which one bit is another', () => {
    fc.assert(
      fc.property(bytes(200), fc.nat(511), (message, bit) => {
        const signature = signed(message);
        expect(verify(null, message, key, signature)).toBe(true);
        signature.writeUInt8(signature.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(verify(null, message, key, signature)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('takes no other message, no other key, and nothing that is no signature', () => {
    const message = NodeBuffer.from('checkpoint');
    const other = nodeCrypto.generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
    expect(verify(null, NodeBuffer.from('Checkpoint'), key, signed(message))).toBe(false);
    expect(verify(null, message, createPublicKey({ key: other }), signed(message))).toBe(false);
    for (const length of [0, 63, 65]) expect(verify(null, message, key, new Uint8Array(length))).toBe(false);
    expect(verify(null, message, new Uint8Array(31), signed(message))).toBe(false);
  });

  /** RFC 8032, 5.1.7: S must be smaller than the order L, or there is a second signature for each. */
  it('takes no second form of a signature', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const message = NodeBuffer.from('checkpoint');
    const signature = signed(message);
    let s = BigInt(`0x${NodeBuffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    for (let at = 32; at < 64; at++, s >>= 8n) signature.writeUInt8(Number(s & 0xffn), at);
    expect(verify(null, message, key, signature)).toBe(false);
    expect(nodeCrypto.verify(null, message, pair.publicKey, signature)).toBe(false);
  });

  it('has no private key to sign by', () => {
    expect(() => createPrivateKey()).toThrow('no private key');
    expect(() => sign()).toThrow('no private key');
  });
});
